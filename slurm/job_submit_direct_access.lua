-- Turns `--qpu=NAME[,NAME]` into a licence, so that a job waits in PENDING while all lanes are taken, instead of
-- holding nodes. A function for a site's own job_submit.lua (Lua 5.1, JobSubmitPlugins=lua), two lines there:
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
-- Both pcall matter: without this file, or with a fault in it, every job is taken as if it were not there.
-- It reads job_desc and nothing else: no file, no network, no clock. slurmctld waits for it.

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

-- The names in a list of licences: name[@server][:count], and name=count of older days.
local function names_in(licenses)
    local names = {}
    for entry in licenses:gmatch("[^,;|]+") do
        local name = entry:match("^%s*([^@:=%s]+)")
        if name then
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

-- Give a job the licences of the backends that it names by --qpu, one of each, where it has none of that name.
--
-- options.plugin, options.option: as the SPANK plugin calls itself and its option
-- options.known: list of the backends of this site; another one is refused. Without it Slurm itself refuses what is
--     no licence, as "Invalid license specification"
-- Returns nil, or why the job is refused and what to type instead.
function M.add_licenses(job_desc, options)
    options = options or {}
    local option = options.option or "qpu"
    local value = option_of(job_desc, options.plugin or "direct_access", option)
    if value == nil then
        return nil
    end
    -- Later parts of a heterogeneous job inherit the option of the first, and each part takes licences of its own:
    -- the first part speaks for all, or a job would take one lane for each of its parts. So --qpu belongs there.
    local offset = job_desc.het_job_offset
    local later_part = type(offset) == "number" and offset > 0 and offset < NO_VAL
    local backends = backends_in(value)
    local refusal = refusal_of(option, value, backends, options.known)
    if refusal or later_part then
        return refusal
    end
    local licenses = job_desc.licenses or ""
    local names, added = names_in(licenses), {}
    for _, backend in ipairs(backends) do
        local license = M.license_of(backend)
        if not names[license] then -- `ibm_x:1,ibm_x:1` would take two
            names[license] = true
            added[#added + 1] = license .. ":1"
        end
    end
    if #added == 0 then
        return nil
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

return M
