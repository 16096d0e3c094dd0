"""``make slurm-demo``: a cluster, a quantum system and a job of an ordinary user; then all of it is gone."""

from __future__ import annotations

import sys

from direct_access.simulator.embedded import Simulator
from tests.slurm.account import Account
from tests.slurm.cluster import Cluster, why_not
from tests.slurm.world import ALICE, CHECKOUT

EXAMPLES = CHECKOUT / "slurm" / "examples"


def main() -> int:
    """Show it; return the exit status: 0 if the job completed, 77 if there can be no cluster here."""
    if reason := why_not():
        print(f"no Slurm cluster can be started here: it {reason}", file=sys.stderr)
        return 77
    with Cluster() as cluster, Simulator(cluster.directory / "simulator") as simulator:
        account = Account(cluster, ALICE, "demo")
        account.configure(simulator)
        return _show(account)


def _show(account: Account) -> int:
    for name in ("bell.yaml", "bell.sbatch"):
        account.copy(EXAMPLES / name)
    _type(account, "sinfo")
    _type(account, "cat", "bell.sbatch")
    _say(account, "sbatch", "bell.sbatch")
    job = account.sbatch("bell.sbatch")
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
