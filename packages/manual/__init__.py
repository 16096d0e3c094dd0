"""Manual pages, made from what ``--help``, the configuration reference and the job file are made of."""
