#!/bin/bash
# On the login node: wait for an allocation, run in it, give it back. `salloc` alone opens a shell in which
# `srun direct-access run …` can be repeated. Where the connection may drop use sbatch: srun kills the command when the
# terminal goes, and the quantum job runs on until `direct-access collect`.
salloc --ntasks=1 --time=30 srun direct-access run bell.yaml
