"""The licences that Slurm counts (slurm.conf(5), ``Licenses``)."""

from __future__ import annotations

import re
from collections.abc import Mapping

SHOW_LICENCES = ("scontrol", "show", "licenses")


def parse_licences(output: str) -> Mapping[str, int]:
    """Return how many there are of each (scontrol(1), ``--oneliner``)."""
    return {name: int(total) for name, total in re.findall(r"LicenseName=(\S+)\s+Total=(\d+)", output)}


def licence_of(backend: str) -> str:
    """Return a licence's name from a backend's, as ``slurm/job_submit_direct_access.lua`` makes it."""
    return re.sub(r"[^A-Za-z0-9_.-]", "_", backend)


def advice(name: str, total: int) -> str:
    """Return how to have Slurm count as many."""
    return f"Licenses={name}:{total} in slurm.conf, then scontrol reconfigure"
