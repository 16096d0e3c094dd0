#!/bin/bash
# On the login node: a quantum step between two classical ones. Each starts only if the one before it succeeded;
# --kill-on-invalid-dep ends the rest of the chain instead of leaving it in the queue for ever.
set -e
prepare=$(sbatch --parsable prepare.sbatch)
quantum=$(sbatch --parsable --dependency="afterok:$prepare" --kill-on-invalid-dep=yes array.sbatch)
sbatch --parsable --dependency="afterok:$quantum" --kill-on-invalid-dep=yes evaluate.sbatch
