#%Module1.0
# Environment Modules, and Lmod too. Only where /opt/direct-access is all that a machine has of the package.
set prefix /opt/direct-access

proc ModulesHelp {} {
    puts stderr "direct-access @VERSION@: run quantum jobs on an IBM on-premises quantum computer from Slurm"
    puts stderr "See direct-access(1)."
}

module-whatis "direct-access @VERSION@: quantum jobs from Slurm"
conflict direct-access
prepend-path PATH $prefix/bin
prepend-path MANPATH $prefix/share/man
# An empty part stands for the system's own pages (manpath(1)).
append-path MANPATH ""
