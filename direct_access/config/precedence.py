"""Which of several sources wins: one rule for every setting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from direct_access.config.sources import Given, SettingPath
from direct_access.errors import Finding
from direct_access.light_dataclass import dataclass


@dataclass(frozen=True)
class Chosen:
    """The value of a setting, and who gave it.

    :param strength: number of the source; a larger one wins
    """

    value: Any
    given: Given
    strength: int


def choose(sources: Sequence[Sequence[Given]]) -> tuple[dict[SettingPath, Chosen], list[Finding]]:
    """Return the value of every setting that anybody made, and what cannot be read.

    Systems merge key by key. A source that names the file of a secret overrides a weaker one's command for
    it, and the other way round; one that changes the type of a storage replaces the whole storage.

    :param sources: the weakest first
    """
    chosen: dict[SettingPath, Chosen] = {}
    findings: list[Finding] = []
    for strength, givens in enumerate(sources):
        read: dict[SettingPath, Chosen] = {}
        for given in givens:
            try:
                read[given.path] = Chosen(given.setting.kind.read(given.raw, given.place), given, strength)
            except ValueError as error:
                findings.append(given.finding(given.path, str(error), ""))
        findings += _contradictions(read)
        for path in _overridden(read, chosen):
            del chosen[path]
        chosen.update(read)
    return chosen, findings


def _contradictions(read: dict[SettingPath, Chosen]) -> list[Finding]:
    """Return a finding for each pair of which one source may give one only."""
    findings = []
    for path, one in read.items():
        for name in one.given.setting.replaces:
            other = read.get((*path[:-1], name))
            if other and path[-1] in other.given.setting.replaces and path[-1] > name:
                findings.append(one.given.finding(path, f"stands beside {name}", "one of the two"))
    return findings


def _overridden(read: dict[SettingPath, Chosen], chosen: dict[SettingPath, Chosen]) -> set[SettingPath]:
    """Return the weaker settings that do not go together with the stronger ones."""
    paths = set()
    for path, one in read.items():
        beside = path[:-1]
        paths |= {(*beside, name) for name in one.given.setting.replaces}
        if path[-2:] == ("storage", "type") and path in chosen and chosen[path].value != one.value:
            paths |= {other for other in chosen if other[:-1] == beside}
    return paths & chosen.keys()
