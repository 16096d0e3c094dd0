"""All rows, and the page that they make."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.slurm.life_cycle.row import Event, Outcome, Row

EXEC = "exec {run}\n"
SRUN = "srun --ntasks=1 {run}\n"
COMPLETED = ("COMPLETED",)


@dataclass(frozen=True)
class Form:
    """A way to write the batch script.

    :param killed: Slurm's exit code when TERM ends the job
    :param is_told: whether TERM reaches the command
    """

    name: str
    script: str
    killed: str
    options: tuple[str, ...] = ()
    is_told: bool = True


FORMS = (
    Form("srun", SRUN, "0:15"),
    Form("exec", EXEC, "143:0"),
    Form("trap", "{run} &\npid=$!\ntrap 'kill -TERM $pid' TERM\nwait $pid\nwait $pid\n", "143:0"),
    Form("plugin", "{run}\n", "0:15", ("--qpu=ibm_examplesite",)),
    Form("plain", "{run}\n", "0:15", is_told=False),
)


@dataclass(frozen=True)
class Case:
    """What Slurm does to a job, in each form.

    :param words: for the page
    :param fate: of the quantum job if the command is told, else it runs on
    :param end_reason: in the journal, None if no signal comes
    :param states: of each life; the last one is Completed or ended by the signal
    """

    name: str
    words: str
    event: Event
    fate: str
    end_reason: str | None
    states: tuple[str, ...]
    options: tuple[str, ...] = ()
    left_until: bool = False

    @property
    def completes(self) -> bool:
        """Whether the Slurm job brings the results in the end."""
        return self.states[-1] == "COMPLETED"

    def outcome(self, form: Form) -> Outcome:
        """Return what is to be found."""
        told = form.is_told and self.end_reason is not None
        lives = len(self.states)
        return Outcome(
            fate=self.fate if told or self.completes else "Running",
            end_reason=self.end_reason if told else None,
            states=self.states,
            exit_code="0:0" if self.completes else "" if self.event is Event.NODE_DOWN else form.killed,
            asked=(int(told),) + (0,) * (lives - 1),
            results=self.completes,
            left_until=told and self.left_until,
        )


CASES = (
    Case("scancel", "`scancel`", Event.SCANCEL, "Cancelled", "cancelled", ("CANCELLED",)),
    Case(
        "limit",
        "the time limit",
        Event.TIME_LIMIT,
        "Running",
        "time limit",
        ("TIMEOUT",),
        left_until=True,
    ),
    Case(
        "requeue",
        "`scontrol requeue`",
        Event.REQUEUE,
        "Completed",
        "requeued",
        ("PENDING", "COMPLETED"),
        ("--requeue",),
    ),
    Case(
        "preempt-requeue",
        "preemption, `PreemptMode=REQUEUE`",
        Event.PREEMPTION,
        "Completed",
        "requeued",
        ("PREEMPTED", "COMPLETED"),
        ("--partition=requeued", "--requeue"),
    ),
    Case(
        "preempt-cancel",
        "preemption, `PreemptMode=CANCEL`",
        Event.PREEMPTION,
        "Running",
        "preempted",
        ("PREEMPTED",),
        ("--partition=cancelled",),
    ),
    Case(
        "node-requeue",
        "the node is set down",
        Event.NODE_DOWN,
        "Completed",
        "requeued",
        ("NODE_FAIL", "COMPLETED"),
        ("--partition=failing", "--requeue"),
    ),
    Case(
        "node-no-requeue",
        "the same, `--no-requeue`",
        Event.NODE_DOWN,
        "Running",
        "node failure",
        ("NODE_FAIL",),
        ("--partition=failing", "--no-requeue"),
    ),
    Case("suspend", "`scontrol suspend`, `resume`", Event.SUSPENSION, "Completed", None, COMPLETED),
    Case("slurmctld", "slurmctld dies and comes back", Event.SLURMCTLD_DIES, "Completed", None, COMPLETED),
)


def _rows() -> Iterator[Row]:
    for case in CASES:
        for form in FORMS:
            options = (*case.options, *form.options)
            yield Row(f"{case.name}-{form.name}", case.event, form.script, case.outcome(form), options)


OTHERS = (
    Row(
        "limit-cancel",
        Event.TIME_LIMIT,
        "exec {run} --on-time-limit=cancel\n",
        Outcome("Cancelled", "time limit", ("TIMEOUT",), "143:0", (1,)),
        words="the time limit, `--on-time-limit cancel`",
    ),
    Row(
        "signal-step",
        Event.SIGNAL_BEFORE_TIME_LIMIT,
        SRUN,
        Outcome("Running", "time limit", ("FAILED",), "143:0", (1,), left_until=True),
        ("--signal=TERM@90",),
        words="`--signal=TERM@90`, srun",
    ),
    Row(
        "signal-batch",
        Event.SIGNAL_BEFORE_TIME_LIMIT,
        "export SLURM_TIME_FORMAT=relative\n" + EXEC,
        Outcome("Running", "time limit", ("FAILED",), "143:0", (1,), left_until=True),
        ("--signal=B:TERM@90",),
        words="`--signal=B:TERM@90`, exec",
    ),
    Row(
        "signal-status",
        Event.SIGNAL_BEFORE_TIME_LIMIT,
        EXEC,
        Outcome("Completed", None, COMPLETED, "0:0", results=True),
        ("--signal=B:USR1@90",),
        output=": wait since ",
        words="`--signal=B:USR1@90`, exec: a status line",
    ),
    Row(
        "our-deadline",
        Event.OUR_DEADLINE,
        "export SLURM_TIME_FORMAT=relative\n" + EXEC,
        Outcome("Running", None, ("FAILED",), "124:0", (1,), left_until=True),
        output="keeps running",
        words="shortly before the time limit",
    ),
    Row(
        "our-deadline-cancel",
        Event.OUR_DEADLINE,
        "exec {run} --on-time-limit=cancel\n",
        Outcome("Cancelled", "time limit", ("FAILED",), "3:0", (1,)),
        output="the Slurm job reaches its time limit: cancelling the quantum job",
        words="the same, `--on-time-limit cancel`",
    ),
    Row(
        "later-limit",
        Event.LATER_TIME_LIMIT,
        EXEC,
        Outcome("Completed", None, COMPLETED, "0:0", (1,), results=True),
        words="shortly before the time limit, which was moved meanwhile",
    ),
    Row(
        "known-end",
        Event.QUANTUM_JOB_COMPLETES,
        "export SLURM_JOB_END_TIME=$(($(date +%s) + 7200))\nexec {run}\n",
        Outcome("Completed", None, COMPLETED, "0:0", results=True),
        knows_end=True,
        words="nothing, and `SLURM_JOB_END_TIME` is set",
    ),
    Row(
        "no-environment",
        Event.SCANCEL,
        'exec env -i "HOME=$HOME" "PATH=$PATH" {run}\n',
        Outcome("Cancelled", "terminated", ("CANCELLED",), "143:0"),
        knows_end=True,
        words="`scancel` of `env -i … direct-access run`: the command does not know of Slurm",
    ),
    Row(
        "no-answer",
        Event.TERM_WITHOUT_SLURMCTLD,
        EXEC,
        Outcome("Running", "unknown", ("FAILED",), "143:0", (1,)),
        words="TERM while slurmctld is dead",
    ),
    Row(
        "completed",
        Event.QUANTUM_JOB_COMPLETES,
        SRUN,
        Outcome("Completed", None, COMPLETED, "0:0", results=True, followers=("COMPLETED", "CANCELLED")),
        words="the quantum job completes",
    ),
    Row(
        "failed",
        Event.QUANTUM_JOB_FAILS,
        SRUN,
        Outcome("Failed", None, ("FAILED",), "4:0", followers=("CANCELLED", "COMPLETED")),
        words="the quantum job fails",
    ),
    Row(
        "cancelled",
        Event.QUANTUM_JOB_IS_CANCELLED,
        SRUN,
        Outcome("Cancelled", None, ("FAILED",), "3:0", followers=("CANCELLED", "COMPLETED")),
        words="somebody cancels the quantum job",
    ),
)
ROWS = (*_rows(), *OTHERS)
