/* Slurm's side of the SPANK interface, as far as the plugin uses it. */
#ifndef FAKE_SLURM_H
#define FAKE_SLURM_H

#include "slurm.h"

struct spank_handle {
    unsigned job, step, uid, gid, task;
    int fails_at; /* the spank_setenv that fails, counted from 1; 0: none */
};

/* Where the plugin is told that it runs. */
extern spank_context_t fake_context;

/* Call back what was registered, as sbatch (remote 0) or slurmstepd (remote 1) would. */
int fake_call_back(const char *option, const char *value, int remote);

/* Call back the options in the environment, OPTION_<name>, as slurmstepd does; not the one that another plugin has, TAKEN. */
void fake_call_back_given(void);

#endif
