-- Lmod. Only where /opt/direct-access is all that a machine has of the package.
local prefix = "/opt/direct-access"

help("direct-access @VERSION@: run quantum jobs on an IBM on-premises quantum computer from Slurm. See direct-access(1).")
whatis("Name: direct-access")
whatis("Version: @VERSION@")
whatis("Description: quantum jobs from Slurm")
conflict("direct-access")
prepend_path("PATH", pathJoin(prefix, "bin"))
prepend_path("MANPATH", pathJoin(prefix, "share/man"))
-- An empty part stands for the system's own pages (manpath(1)).
append_path("MANPATH", "")
