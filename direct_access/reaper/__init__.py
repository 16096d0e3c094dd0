"""End what nobody waits for any more: quantum jobs whose Slurm job is gone.

It decides for the jobs of others, so each doubt is a reason to leave a job alone.
"""
