"""How long a run takes from TERM to its exit when nothing answers any more."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench.report import Section, Target, seconds
from direct_access.simulator.embedded import Simulator
from direct_access.simulator.faults.rules import Fault
from direct_access.simulator.jobs.scenario import OutcomeRule
from direct_access.simulator.settings import SimulatorSettings

BOUND_SECS = 25.0
FOR_EVER_SECS = 3600.0
TEXT = """A run waits for its job; then the servers named take requests and never answer, and TERM
comes. In the rows of Slurm, scontrol(1) does not answer either. All are played at once, each with a simulator
of its own. The table of what is left on server and disk after each fault is [here](reliability.md)."""
COLUMNS = ("what hangs", "from TERM to exit", "exit status", "job")


@dataclass(frozen=True)
class Hang:
    """Which servers stop answering.

    :param in_slurm: whether the run belongs to a Slurm job whose scontrol hangs
    :param revoked: whether the token is not accepted any more
    """

    name: str
    apps: tuple[str, ...]
    in_slurm: bool = False
    revoked: bool = False


HANGS = (
    Hang("nothing", ()),
    Hang("the API", ("api",)),
    Hang("the store", ("store",)),
    Hang("API, store and IAM", ("api", "store", "iam")),
    Hang("API, store and IAM, and the token is refused", ("store", "iam"), revoked=True),
    Hang("scontrol, API, store and IAM", ("api", "store", "iam"), in_slurm=True),
)


def endings(directory: Path) -> Section:
    """Return how long each took, and whether the longest is within the bound."""
    with ThreadPoolExecutor(len(HANGS)) as pool:
        measured = list(pool.map(_measurer(directory), HANGS))
    rows = [
        [hang.name, seconds(secs), str(status), job]
        for hang, (secs, status, job) in zip(HANGS, measured, strict=True)
    ]
    longest = max(secs for secs, _, _ in measured)
    target = Target(
        "at most 25 s from TERM to exit, whatever hangs",
        f"at most {seconds(longest)}",
        longest <= BOUND_SECS and all(status == 128 + signal.SIGTERM for _, status, _ in measured),
    )
    return Section("From TERM to exit", TEXT, COLUMNS, rows, [target])


def _measurer(directory: Path) -> Callable[[Hang], tuple[float, int, str]]:
    from tests.integration.conftest import site_of

    def measure(hang: Hang) -> tuple[float, int, str]:
        place = directory / "ending" / str(HANGS.index(hang))
        place.mkdir(parents=True)
        with Simulator(place / "simulator", SimulatorSettings(execute=False)) as simulator:
            site = site_of(simulator, place)
            simulator.outcomes.add(OutcomeRule(manual=True))
            arguments = ("run", "--output-dir", "run", site.job_file())
            process = site.start(*arguments, **(_silent_slurm(site.home) if hang.in_slurm else {}))
            while simulator.requests.count("api", "GET", "/v1/jobs/*") < 2:
                time.sleep(0.05)
            for app in hang.apps:
                simulator.faults.add(Fault(app=app, times=None, delay_secs=FOR_EVER_SECS))
            if hang.revoked:
                simulator.tokens.revoke_all()
            begun = time.monotonic()
            process.send_signal(signal.SIGTERM)
            process.communicate()
            took = time.monotonic() - begun
            left = [job.status for job in simulator.jobs.jobs()]
            return took, process.returncode, ", ".join(left) or "cancelled and removed"

    return measure


def _silent_slurm(home: Path) -> dict[str, str]:
    """Return the environment of a Slurm job whose scontrol(1) never answers."""
    scontrol = home / "scontrol"
    scontrol.write_text("#!/bin/sh\nexec sleep 60\n")
    scontrol.chmod(0o755)
    return {
        "SLURM_JOB_ID": "5",
        "SLURM_CLUSTER_NAME": "cluster",
        "SLURM_JOB_END_TIME": "4102444800",
        "PATH": f"{home}:/usr/bin:/bin",
    }
