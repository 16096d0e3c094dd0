"""What goes wrong with one run, drawn from a seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from direct_access.simulator.faults.rules import Fault

MOST_FAULTS = 4
MOST_KILLS = 2
_REQUESTS = (
    ("iam", "POST", "*"),
    ("store", "PUT", "*/params:*"),
    ("api", "POST", "/v1/jobs"),
    ("api", "GET", "/v1/jobs/*"),
    ("store", "GET", "*/results:*"),
    ("store", "GET", "*/logs:*"),
    ("api", "DELETE", "/v1/jobs/*"),
    ("store", "DELETE", "*/params:*"),
    ("store", "DELETE", "*/results:*"),
)
"""What the command asks; what the quantum system itself asks of the store is another matter."""
_CALLS = {"write": 18, "renameat": 12, "sendto": 13, "linkat": 1, "unlinkat": 4, "mkdirat": 1, "mkdir": 2}
"""System calls and how often a run makes them; a number that is not reached kills nobody."""
_SOON = {"Retry-After": "1"}


@dataclass(frozen=True)
class Schedule:
    """The bad days of one run.

    :param kills: system call and the number of the one before which each life but the last ends
    """

    seed: int
    kills: Sequence[tuple[str, int]]
    faults: Sequence[Fault]

    def __str__(self) -> str:
        kills = [f"killed before {name} {number}" for name, number in self.kills]
        faults = [f"{_told(fault)}" for fault in self.faults]
        return "\n  ".join([f"seed {self.seed}:", *kills, *faults])

    @classmethod
    def of(cls, seed: int) -> Schedule:
        """Return the schedule of a seed, the same every time."""
        random = Random(seed)
        kills = [_kill(random) for _ in range(random.randint(0, MOST_KILLS))]
        fewest = 0 if kills else 1
        faults = [random.choice(_KINDS)(random) for _ in range(random.randint(fewest, MOST_FAULTS))]
        return cls(seed, kills, faults)


def _told(fault: Fault) -> str:
    changed = {name: value for name, value in fault.to_document().items() if value != getattr(Fault(), name)}
    return f"Fault({', '.join(f'{name}={value!r}' for name, value in changed.items())})"


def _kill(random: Random) -> tuple[str, int]:
    name = random.choice(list(_CALLS))
    return name, random.randint(1, _CALLS[name])


def _lost(random: Random) -> Fault:
    return Fault(*random.choice(_REQUESTS), after_work=True, reset=True)


def _reset(random: Random) -> Fault:
    return Fault(*random.choice(_REQUESTS), reset=True)


def _trouble(random: Random) -> Fault:
    status = random.choice((500, 502, 503, 504))
    return Fault(*random.choice(_REQUESTS), status=status, after_work=random.random() < 0.5)


def _expired(random: Random) -> Fault:
    return Fault("api", random.choice(("GET", "POST", "DELETE")), "/v1/jobs*", status=401, headers=_SOON)


def _busy(random: Random) -> Fault:
    status, code = random.choice(((429, "1232"), (423, "1233")))
    return Fault("api", "POST", "/v1/jobs", status=status, code=code, headers=_SOON)


def _slow(random: Random) -> Fault:
    return Fault(*random.choice(_REQUESTS), delay_secs=0.2)


def _cut(random: Random) -> Fault:
    return Fault("store", "GET", "*/results:*", cut_after=random.randint(0, 100))


def _refused_by_store(random: Random) -> Fault:
    place = random.choice((("PUT", "*/params:*"), ("GET", "*/results:*"), ("GET", "*/logs:*")))
    return Fault("store", *place, status=random.choice((403, 429, 503)))


_KINDS: Sequence[Callable[[Random], Fault]] = (
    _lost,
    _lost,
    _reset,
    _trouble,
    _expired,
    _busy,
    _slow,
    _cut,
    _refused_by_store,
)
