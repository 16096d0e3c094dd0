"""One Slurm job with a quantum job, what happens to it, and what then is to be found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Event(Enum):
    """What happens to a Slurm job whose quantum job runs."""

    QUANTUM_JOB_COMPLETES = auto()
    QUANTUM_JOB_FAILS = auto()
    QUANTUM_JOB_IS_CANCELLED = auto()
    SCANCEL = auto()
    TIME_LIMIT = auto()
    SIGNAL_BEFORE_TIME_LIMIT = auto()
    REQUEUE = auto()
    PREEMPTION = auto()
    NODE_DOWN = auto()
    SUSPENSION = auto()
    OUR_DEADLINE = auto()
    LATER_TIME_LIMIT = auto()
    SLURMCTLD_DIES = auto()
    TERM_WITHOUT_SLURMCTLD = auto()


@dataclass(frozen=True)
class Outcome:
    """What is to be found.

    :param fate: status of the first quantum job of the Slurm job in the end, as the simulator has it
    :param end_reason: what the journal says
    :param states: what jobcomp says of each life of the Slurm job
    :param exit_code: what ``scontrol`` says of the last, status:signal; "" where it depends on who is faster
    :param asked: how often each life asked Slurm, besides once at its start, where the environment does not
        tell the end of the job
    :param results: whether they are on disk
    :param left_until: whether the journal says until when somebody is to collect the job
    :param followers: states of the jobs that depend on this one by ``afterok`` and ``afternotok``
    """

    fate: str
    end_reason: str | None
    states: tuple[str, ...]
    exit_code: str
    asked: tuple[int, ...] = (0,)
    results: bool = False
    left_until: bool = False
    followers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """One Slurm job.

    :param script: ``{run}`` is the command that runs the quantum job
    :param options: of sbatch
    :param words: what happens, for the page
    :param output: what its output has to say
    :param knows_end: it need not ask Slurm when it ends
    """

    name: str
    event: Event
    script: str
    expected: Outcome
    options: tuple[str, ...] = ()
    words: str = ""
    output: str = ""
    knows_end: bool = False

    @property
    def is_run_again(self) -> bool:
        """Whether Slurm runs the job twice."""
        return len(self.expected.states) > 1

    def __str__(self) -> str:
        return self.name
