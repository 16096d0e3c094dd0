"""How a command of Slurm is run: for a bounded time, and protected from signals that are meant for us."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Iterator, Mapping, Sequence

from direct_access.events import Event, Text, tell
from direct_access.light_dataclass import dataclass
from direct_access.slurm import environment as slurm_env

_SENT_TWICE = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


@dataclass(frozen=True)
class Answer:
    """How a command ended and what it printed.

    :param command: its name
    :param status: its exit status; None where it could not be started or did not end in time
    :param is_missing: there is no such command on this node
    """

    command: str
    status: int | None = None
    output: str = ""
    errors: str = ""
    is_missing: bool = False

    @property
    def first_error(self) -> str:
        """The first line that it wrote to standard error, else to standard output."""
        lines = [*self.errors.strip().splitlines(), *self.output.strip().splitlines(), ""]
        return lines[0]

    @property
    def fault(self) -> str | None:
        """Why its output says nothing, None where it ended well."""
        if self.is_missing:
            return f"there is no {self.command} on this node"
        if self.status is None:
            return f"{self.command} gives no answer"
        if self.status == 0:
            return None
        return self.first_error or f"{self.command} ended with {self.status}"


def run(
    command: Sequence[str], answer_secs: float, environment: Mapping[str, str], question: str | None = None
) -> Answer:
    """Run a command of Slurm once.

    :param environment: with its path; what would change the form of the answer is left out
    :param question: what to call it in the log; default: the command
    """
    began = time.monotonic()
    answer = _run(command, answer_secs, slurm_env.for_commands(environment))
    tell(
        Event.SLURM,
        question=Text(question or " ".join(command)),
        exit_status=answer.status,
        ms=1000 * (time.monotonic() - began),
    )
    return answer


def _run(command: Sequence[str], answer_secs: float, environment: Mapping[str, str]) -> Answer:
    import subprocess  # costs 10 ms, which a run that asks nothing does not need

    try:
        with _shielded_children():
            process = subprocess.Popen(  # noqa: S603 - fixed commands
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
            )
    except OSError as error:
        return Answer(command[0], is_missing=isinstance(error, FileNotFoundError))
    with process:
        try:
            output, errors = process.communicate(timeout=answer_secs)
        except subprocess.TimeoutExpired:
            process.kill()
            return Answer(command[0])
        except BaseException:
            process.kill()
            raise
    return Answer(command[0], process.returncode, output, errors)


@contextlib.contextmanager
def _shielded_children() -> Iterator[None]:
    """Start children that the second signal does not end: at a time limit Slurm sends TERM twice.

    They inherit which signals this thread blocks (signal(7)), from their first instruction on; a session of
    their own keeps them out of what a process group gets. To us a signal comes when the block ends.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SENT_TWICE)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
