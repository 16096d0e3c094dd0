#!/bin/bash
# On the login node, where compute nodes have no route to the quantum system: the quantum job runs while a classical
# job computes, and both results are there at the end.
set -e
run=$(direct-access submit bell.yaml)
sbatch --wait classical.sbatch
direct-access wait "$run"
direct-access collect "$run"
cat classical.out
direct-access results "$run"
