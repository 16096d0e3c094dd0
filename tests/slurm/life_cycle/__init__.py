"""What becomes of a quantum job, whatever Slurm does to its Slurm job: a table, played on a real cluster."""
