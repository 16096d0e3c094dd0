-- Turns `--qpu=NAME[,NAME]` into a licence, so that a job waits in PENDING while all lanes are taken, instead of
-- holding nodes; and keeps it there. Functions for a site's own job_submit.lua (Lua 5.1, JobSubmitPlugins=lua):
--
--   local loaded, direct_access = pcall(dofile, "/etc/slurm/job_submit_direct_access.lua")
--
--   function slurm_job_submit(job_desc, part_list, submit_uid)
--       local ok, refusal = pcall(direct_access.add_licenses, job_desc)
--       if ok and refusal then slurm.log_user(refusal) return slurm.ERROR end
--       ...
--       return slurm.SUCCESS
--   end
--
--   function slurm_job_modify(job_desc, job_rec, part_list, modify_uid)
--       local ok, refusal = pcall(direct_access.keep_licenses, job_desc, job_rec, modify_uid)
--       if ok and refusal then slurm.log_user(refusal) return slurm.ESLURM_INVALID_LICENSES end
--       ...
--       return slurm.SUCCESS
--   end
--
-- The pcall matter: without this file, or with a fault in it, every job is taken as if it were not there. Call dofile
-- outside the functions, as above: the parts of a heterogeneous job are submitted one after the other, and what the
-- earlier ones took is remembered in between.
-- It reads what slurmctld passes and nothing else: no file, no network, no clock. slurmctld waits for it.

local M = {}

local SPANK_OPTION = "_SLURM_SPANK_OPTION_" -- what spank(8) puts before <plugin>_<option> in a job's environment
local NO_VAL = 4294967294 -- slurm.h: a number that nobody set

-- spank(8) writes `_` for what cannot stand in the name of a variable.
local function variable_of(plugin, option)
    return SPANK_OPTION .. (plugin .. "_" .. option):gsub("[^%w]", "_")
end

-- The value of the SPANK option, nil where the job has none. Slurm's table begins at 0: ipairs would miss an entry.
local function option_of(job_desc, plugin, option)
    local start = variable_of(plugin, option) .. "="
    for _, entry in pairs(job_desc.spank_job_env or {}) do
        if type(entry) == "string" and entry:sub(1, #start) == start then
            return entry:sub(#start + 1)
        end
    end
    return nil
end

-- A licence's name from a backend's: what has a meaning in a list of licences becomes `_`.
function M.license_of(backend)
    return (backend:gsub("[^%w_.-]", "_"))
end

local function backends_in(value)
    local backends, seen = {}, {}
    for name in value:gmatch("[^,]+") do
        local backend = name:match("^%s*(.-)%s*$")
        if backend ~= "" and not seen[backend] then
            seen[backend] = true
            backends[#backends + 1] = backend
        end
    end
    return backends
end

-- The names of which a list of licences takes one or more: name[@server][:count], and name=count of older days. Slurm
-- accepts a count of 0, and from alternatives (`|`) it may choose any.
local function names_in(licenses)
    local names = {}
    if licenses:find("|", 1, true) then
        return names
    end
    for entry in licenses:gmatch("[^,;]+") do
        local name, count = entry:match("^%s*([^@:=%s]+)"), entry:match("[:=](.*)$")
        if name and (count == nil or (tonumber(count) or 0) > 0) then
            names[name] = true
        end
    end
    return names
end

local function listed(known)
    local names = {}
    for _, name in pairs(known) do
        names[#names + 1] = name
    end
    table.sort(names)
    return names
end

local function refusal_of(option, value, backends, known)
    if #backends == 0 then
        local example = known and listed(known)[1] or "NAME"
        return string.format("--%s=%s names no backend; type --%s=%s", option, value, option, example)
    end
    local is_known = {}
    for _, name in pairs(known or {}) do
        is_known[name] = true
    end
    for _, backend in ipairs(backends) do
        if known and not is_known[backend] then
            local names = listed(known)
            return string.format("--%s: unknown backend '%s'; type --%s=%s (known here: %s)", option, backend,
                option, names[1] or "NAME", table.concat(names, ", "))
        end
    end
    return nil
end

-- The backends that a job names by --qpu, nil where it does not use the option.
local function asked_by(job, options)
    local value = option_of(job, options.plugin or "direct_access", options.option or "qpu")
    return value and backends_in(value), value
end

-- The licence of a backend, and its name without the server, by which a list may hold it already.
local function license_for(backend, options)
    local license = (options.licenses or {})[backend] or M.license_of(backend)
    return license, license:match("^[^@:]+")
end

-- What the earlier parts of the same heterogeneous job took, nil for any other job. slurmctld submits part after part, and
-- tells of none which job it will belong to; parts of one user on one host follow each other.
local taken_by_parts = {}

local function taken_by_earlier_parts(job_desc)
    local offset = job_desc.het_job_offset
    if type(offset) ~= "number" or offset >= NO_VAL then
        return nil
    end
    local submitter = tostring(job_desc.user_id) .. "@" .. tostring(job_desc.alloc_node)
    if offset == 0 or taken_by_parts[submitter] == nil then
        taken_by_parts[submitter] = {}
    end
    return taken_by_parts[submitter]
end

-- Slurm 24.11 refuses a licence of a later part, as "license request allowed only on leader job"; 22.05 takes it. Lua is not
-- told the version: a constant that came in between stands for it.
local function licenses_of_first_part_only()
    return slurm ~= nil and slurm.STEPMGR_ENABLED ~= nil
end

-- The licences to add to those that a job asks for, and marks all of them as taken.
local function missing(backends, licenses, taken, options)
    local added = {}
    for name in pairs(names_in(licenses)) do
        taken[name] = true
    end
    for _, backend in ipairs(backends) do
        local license, name = license_for(backend, options)
        if not taken[name] then -- `ibm_x:1,ibm_x:1` would take two
            taken[name] = true
            added[#added + 1] = license .. ":1"
        end
    end
    return added
end

-- Give a job the licences of the backends that it names by --qpu, one of each, where it has none of that name. Parts of
-- a heterogeneous job inherit the option from the parts before them, but take no second licence for it. Where Slurm takes
-- licences of the first part only, one that a later part would need is refused.
--
-- options.plugin, options.option: as the SPANK plugin calls itself and its option
-- options.known: list of the backends of this site; another one is refused. Without it Slurm itself refuses what is
--     no licence, as "Invalid license specification"
-- options.licenses: backend to licence, where it is called otherwise: {ibm_x = "ibm_x@slurmdb"}
-- Returns nil, or why the job is refused and what to type instead.
function M.add_licenses(job_desc, options)
    options = options or {}
    local option = options.option or "qpu"
    local backends, value = asked_by(job_desc, options)
    local refusal = backends and refusal_of(option, value, backends, options.known)
    if refusal then
        return refusal
    end
    local licenses = job_desc.licenses or ""
    local added = missing(backends or {}, licenses, taken_by_earlier_parts(job_desc) or {}, options)
    if #added == 0 then
        return nil
    end
    local part = job_desc.het_job_offset
    if type(part) == "number" and part > 0 and part < NO_VAL and licenses_of_first_part_only() then
        return string.format("--%s=%s in a later part of a heterogeneous job, where Slurm takes no licence; type --%s=%s " ..
            "before the first ':', which counts for all parts", option, value, option, value)
    end
    if licenses:find("|", 1, true) then -- Slurm allows no list of both kinds
        return string.format("--%s with alternatives in --licenses; type --licenses=%s", option,
            table.concat(added, ","))
    end
    local separator = licenses:find(";", 1, true) and ";" or ","
    if licenses ~= "" then
        table.insert(added, 1, licenses)
    end
    job_desc.licenses = table.concat(added, separator)
    return nil
end

-- Keep a user from taking the licences of --qpu off a job that waits or runs (`scontrol update jobid=… licenses=`).
--
-- modify_uid: who changes the job; root may do so, and whoever is in the list options.administrators of user ids
-- options: those of add_licenses too
-- Returns nil, or why the change is refused and what to type instead.
function M.keep_licenses(job_desc, job_rec, modify_uid, options)
    options = options or {}
    if job_desc.licenses == nil or modify_uid == 0 then
        return nil
    end
    for _, uid in pairs(options.administrators or {}) do
        if uid == modify_uid then
            return nil
        end
    end
    local has, wanted = names_in(job_rec.licenses or ""), names_in(job_desc.licenses)
    for _, backend in ipairs(asked_by(job_rec, options) or {}) do
        local license, name = license_for(backend, options)
        if has[name] and not wanted[name] then
            local rest = job_desc.licenses:match("^%s*(.-)%s*$")
            return string.format("a job with --%s=%s keeps its licence; type licenses=%s:1%s",
                options.option or "qpu", backend, license, rest == "" and "" or "," .. rest)
        end
    end
    return nil
end

return M
