"""Results as one JSON document with a version.

::

    {"schema": "direct-access/results/v1",
     "pubs": [{"registers": {NAME: {"num_bits": N, "shape": […], "shots": N, "counts": [{BITS: TIMES}, …]}},
               "joint": {"registers": [NAME, …], "counts": [{"BITS BITS": TIMES}, …]},
               "values": {NAME: {"shape": […], "values": nested lists, or one number}},
               "other": {…}, "metadata": {…}}],
     "metadata": {…}}

``counts`` has one map for each set of parameter values, the last index varying fastest. Bits are written with
the register's first bit last. ``joint``, of PUBs with several registers, counts outcomes of all registers
together, in the order of its ``registers``. A complex number is ``{"real": x, "imag": y}``, a time RFC 3339;
a number that is not finite is null.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from direct_access.results.allowance import Allowance
from direct_access.results.model import PubResult, Register, Results, Values

SCHEMA = "direct-access/results/v1"

Outcome = TypeVar("Outcome")


def as_json(results: Results) -> dict[str, Any]:
    """Return results as JSON data; the shape is this module's documentation.

    :raises StoreError: if samples are damaged, or have more outcomes than a file of that size can hold
    """
    return _Writer(results.most_outcomes).document(results)


class _Writer:
    """Makes JSON data of results.

    :param most_outcomes: how many may be written in all
    """

    def __init__(self, most_outcomes: int) -> None:
        self._left = Allowance(most_outcomes)

    def document(self, results: Results) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "pubs": [self._pub(pub) for pub in results.pubs],
            "metadata": self._plain(results.metadata),
        }

    def _pub(self, pub: PubResult) -> dict[str, Any]:
        document: dict[str, Any] = {
            "registers": {name: self._register(register) for name, register in pub.registers.items()}
        }
        if len(pub.registers) > 1:
            document["joint"] = self._joint(pub)
        document["values"] = {name: self._plain(values) for name, values in pub.values.items()}
        document["other"] = self._plain(pub.other)
        document["metadata"] = self._plain(pub.metadata)
        return document

    def _register(self, register: Register) -> dict[str, Any]:
        return {
            "num_bits": register.num_bits,
            "shape": list(register.shape),
            "shots": register.shots,
            "counts": [self._table(counts, register.bitstring) for counts in register.counts()],
        }

    def _joint(self, pub: PubResult) -> dict[str, Any]:
        sets = pub.joint_counts(self._left.items)
        return {
            "registers": list(pub.registers),
            "counts": [self._table(counts, pub.joint_bitstrings) for counts in sets],
        }

    def _table(self, counts: Counter[Outcome], bitstring: Callable[[Outcome], str]) -> dict[str, int]:
        self._left.take(len(counts), "the outcomes")
        return {bitstring(outcome): times for outcome, times in counts.most_common()}

    def _plain(self, value: Any) -> Any:
        """Return a decoded value as JSON data."""
        if isinstance(value, Values):
            return {"shape": list(value.shape), "values": self._plain(value.nested())}
        if isinstance(value, Register):
            return self._register(value)
        if isinstance(value, Mapping):
            return {name: self._plain(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._plain(item) for item in value]
        if isinstance(value, complex):
            return {"real": self._plain(value.real), "imag": self._plain(value.imag)}
        if isinstance(value, datetime):
            return value.isoformat()
        return None if isinstance(value, float) and not math.isfinite(value) else value
