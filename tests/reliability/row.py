"""What a row says, and how it is told as a line of a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.reliability.stage import Played, Stage


@dataclass(frozen=True)
class Row:
    """One fault and what becomes of it. All but ``happens`` and ``peer`` is compared with what was played.

    :param fault: what goes wrong
    :param happens: what the product does about it
    :param shows: parts of standard error, in this order
    :param exit_status: of the last command
    :param server: what is left there, as :meth:`Stage.on_server` words it
    :param disk: what is left in the run directory, as :meth:`Stage.on_disk` words it
    :param executions: how many jobs the server has accepted
    :param peer: what QRMI's task_runner 0.26.4 does, where it was measured
    """

    fault: str
    happens: str
    shows: tuple[str, ...]
    exit_status: int
    server: str
    disk: str
    play: Callable[[Stage], Played]
    executions: int = 1
    peer: str = ""

    @property
    def name(self) -> str:
        return self.play.__name__


Rows = dict[str, list[Row]]
"""The rows by heading."""


def row(
    rows: list[Row],
    fault: str,
    happens: str,
    *shows: str,
    exit_status: int,
    server: str = "nothing",
    disk: str = "results, log",
    executions: int = 1,
    peer: str = "",
) -> Callable[[Callable[[Stage], Played]], Callable[[Stage], Played]]:
    """Make a row of the function that plays its fault."""

    def add(play: Callable[[Stage], Played]) -> Callable[[Stage], Played]:
        rows.append(Row(fault, happens, shows, exit_status, server, disk, play, executions, peer))
        return play

    return add


COLUMNS = (
    "fault",
    "what happens",
    "the user sees",
    "exit",
    "left on the server",
    "left on disk",
    "QRMI 0.26.4",
)


def table(rows: list[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = [f"| {' | '.join(COLUMNS)} |", "|" + "---|" * len(COLUMNS)]
    for each in rows:
        shows = " … ".join(f"`{part}`" for part in each.shows) or "-"
        cells = (
            each.fault,
            each.happens,
            shows,
            str(each.exit_status),
            each.server,
            each.disk,
            each.peer or "-",
        )
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines)
