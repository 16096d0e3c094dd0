/* --qpu and --qpu-timeout: what sbatch, srun and salloc show and check. */
#ifndef DIRECT_ACCESS_OPTIONS_H
#define DIRECT_ACCESS_OPTIONS_H

#include "arguments.h"
#include "slurm.h"

/* Register both options; without them nobody can use the plugin, and nothing else changes. */
void options_register(spank_t spank, const struct arguments *arguments);

/* In sbatch, srun and salloc, once they have read their options: tell the user that --qpu went to another plugin. */
void options_tell_anothers(void);

/* Return what the user gave us, or NULL. The text is Slurm's. */
const char *options_names(spank_t spank, const struct arguments *arguments);
const char *options_timeout(spank_t spank, const struct arguments *arguments);

#endif
