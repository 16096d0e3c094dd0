"""Cancel quantum jobs whose Slurm job is gone, and delete what nobody collected in time.

It decides for the jobs of others, so each doubt is a reason to leave a job alone.
"""
