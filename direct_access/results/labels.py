"""Short texts for observables and for parameter values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

_DIGITS = (4, 6, 9, 17)
_MOST_LETTERS = 12
"""The longest Pauli string that is shown letter by letter; of a longer one only what is not I."""


def observable_label(observable: str | Mapping[str, Any]) -> str:
    """Return an observable as people write it: ``ZZ``, ``0.5 ZZ + 0.5 XX``, ``Z0Z126`` where it is wide."""
    if isinstance(observable, str):
        return _pauli(observable)
    terms = [_term(pauli, weight) for pauli, weight in observable.items()]
    return " + ".join(terms).replace("+ -", "- ") or "0"


def _term(pauli: str, weight: float) -> str:
    sign = "-" if weight < 0 else ""
    return f"{sign}{_pauli(pauli)}" if abs(weight) == 1 else f"{weight:.6g} {_pauli(pauli)}"


def _pauli(letters: str) -> str:
    if len(letters) <= _MOST_LETTERS:
        return letters
    acting = [f"{letter}{qubit}" for qubit, letter in enumerate(reversed(letters)) if letter != "I"]
    return "".join(acting) or "I"


def number_texts(values: Sequence[Any]) -> list[str]:
    """Return numbers with as few digits as tell them apart."""
    different = len(set(values))
    for digits in _DIGITS:
        texts = [f"{value:.{digits}g}" if math.isfinite(value) else str(value) for value in values]
        if len(set(texts)) == different:
            break
    return texts
