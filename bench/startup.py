"""What a command costs before it does anything."""

from __future__ import annotations

import sys
from collections.abc import Callable

from bench.clients import Ours, Peer
from bench.measuring import Cost, alternate
from bench.report import COST_COLUMNS, Section, cost_row
from bench.trials import Trials

TEXT = """The interpreter alone, then each command with its imports and its help; nothing is asked of a
server. Ours is installed editable, and the hook for that costs every start in its environment, the first row
included, some 10 ms that users do not pay."""


def compare(trials: Trials, ours: Ours, peer: Peer, rounds: int) -> Section:
    """Return what starting costs."""

    def start(*command: str) -> Callable[[], Cost]:
        return lambda: trials.measure([command])[0]

    costs = alternate(
        {
            "python -c pass": start(sys.executable, "-c", "pass"),
            f"{ours.name} --help": start(*ours.help_command()),
            f"{peer.name} --help": start(*peer.help_command()),
        },
        rounds,
    )
    rows = [cost_row(name, found)[:-1] for name, found in costs.items()]
    return Section("Start-up", TEXT, COST_COLUMNS[:-1], rows)
