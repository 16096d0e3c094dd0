"""All that we know of Slurm: its environment, its commands, its records, and the names made of them."""
