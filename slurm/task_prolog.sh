#!/bin/sh
# TaskProlog (slurm.conf(5)) for a site that loads no SPANK plugin. A user says which quantum systems a job uses by
# `sbatch --export=ALL,DIRECT_ACCESS_QPU=NAME[,NAME]`; each task then gets what `--qpu=NAME[,NAME]` would have given it.
# Another name ends the job before it begins: FAILED 0:9, the reason is its Comment (`scontrol show job`), the node stays up.
set -u

names_file=/etc/direct-access/qpu-names # one "NAME [TYPE]" a line

# Slurm ignores the exit status of this script and would run the job, and throws its standard error away.
refuse() {
    # In an array SLURM_JOB_ID of the last task is the number of the whole array.
    job=${SLURM_ARRAY_JOB_ID:+${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID}
    timeout 10 scontrol update "jobid=${job:-$SLURM_JOB_ID}" "comment=DIRECT_ACCESS_QPU: $1"
    kill -KILL "$PPID" # the task, still in slurmstepd's code
    exit 1
}

# The type of one name; nothing where the name is unknown.
type_of() {
    while read -r known type _ || [ -n "${known:-}" ]; do
        case "$type" in "" | "#"*) type=ibm-quantum-system ;; esac
        if [ "$known" = "$1" ]; then
            echo "${type%%#*}"
            return
        fi
    done <"$names_file"
}

known_names() {
    sed -e 's/#.*//' -e 's/^[[:space:]]*//' -e 's/[[:space:]].*//' -e '/^$/d' "$names_file" | paste -s -d ' ' -
}

asked=${DIRECT_ACCESS_QPU:-}
[ -n "$asked" ] || exit 0
[ -r "$names_file" ] || refuse "$names_file cannot be read"

types=""
rest=$asked,
while [ -n "$rest" ]; do
    name=${rest%%,*}
    rest=${rest#*,}
    case "$name" in
    "" | -* | .* | *[!A-Za-z0-9_.-]*) refuse "wants NAME[,NAME]: letters, digits, '_', '.', '-'" ;;
    esac
    type=$(type_of "$name")
    [ -n "$type" ] || refuse "unknown quantum system '$name' (known here: $(known_names))"
    types=$types${types:+,}$type
done

echo "export QRMI_JOB_QPU_RESOURCES=$asked"
echo "export QRMI_JOB_QPU_TYPES=$types"
