"""``make slurm-demo``: a cluster, a quantum system and a job of an ordinary user; then all of it is gone.

The cluster has the SPANK plugin where a C compiler and Slurm's headers are there to build it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from direct_access.simulator.embedded import Simulator
from tests.slurm.account import Account
from tests.slurm.cluster import Cluster, why_not
from tests.slurm.world import ALICE, CHECKOUT

QPU = "ibm_examplesite"
LINE = "required {etc}/../direct_access.so names={etc}/qpu-names run={etc}/../qpu-run"
EXAMPLES = CHECKOUT / "slurm" / "examples"


def main() -> int:
    """Show it; return the exit status: 0 if the job completed, 77 if there can be no cluster here."""
    if reason := why_not():
        print(f"no Slurm cluster can be started here: it {reason}", file=sys.stderr)
        return 77
    plugstack = [LINE] if _can_build() else []
    cluster = Cluster(plugstack=plugstack, settings={"PrologFlags": "Alloc"}, files={"qpu-names": f"{QPU}\n"})
    if plugstack:
        _build(cluster.directory)
    with cluster, Simulator(cluster.directory / "simulator") as simulator:
        account = Account(cluster, ALICE, "demo")
        account.configure(simulator)
        return _show(account, [f"--qpu={QPU}"] if plugstack else [])


def _can_build() -> bool:
    """Whether there is what the SPANK plugin is built with."""
    return all(map(shutil.which, ("gcc", "make"))) and Path("/usr/include/slurm/spank.h").exists()


def _build(directory: Path) -> None:
    # a `make` above this one would pass its own flags on
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "--silent", "-C", str(CHECKOUT / "spank_plugin"), f"OUT={directory}"]
    subprocess.run(command, env=environment, check=True)


def _show(account: Account, options: list[str]) -> int:
    for name in ("bell.yaml", "bell.sbatch"):
        account.copy(EXAMPLES / name)
    _type(account, "sinfo")
    _type(account, "cat", "bell.sbatch")
    _say(account, "sbatch", *options, "bell.sbatch")
    job = account.sbatch("bell.sbatch", *options)
    print(f"Submitted batch job {job}")
    _type(account, "squeue")
    record = account.cluster.wait(job)
    _type(account, "cat", f"bell-{job}.out")
    _type(account, "ls", f"bell-{job}")
    _type(account, "direct-access", "results", f"bell-{job}")
    _type(account, "scontrol", "show", "job", str(job))
    return 0 if record["JobState"] == "COMPLETED" else 1


def _type(account: Account, *command: str) -> None:
    _say(account, *command)
    print(account.run(command).stdout, end="", flush=True)


def _say(account: Account, *command: str) -> None:
    print(f"\n{account.user}@login$ {' '.join(command)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
