/* Slurm's interface. What it declares is visible outside, everything else of ours is hidden. */
#ifndef DIRECT_ACCESS_SLURM_H
#define DIRECT_ACCESS_SLURM_H

#include <stdint.h>
#include <sys/types.h>

#pragma GCC visibility push(default)
#include <slurm/spank.h>
#pragma GCC visibility pop

#endif
