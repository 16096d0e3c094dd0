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
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from direct_access.results.model import PubResult, Register, Results, Values

SCHEMA = "direct-access/results/v1"


def as_json(results: Results) -> dict[str, Any]:
    """Return results as JSON data; the shape is this module's documentation.

    :raises StoreError: if samples are damaged
    """
    return {
        "schema": SCHEMA,
        "pubs": [_pub(pub) for pub in results.pubs],
        "metadata": _plain(results.metadata),
    }


def _pub(pub: PubResult) -> dict[str, Any]:
    document: dict[str, Any] = {
        "registers": {name: _register(register) for name, register in pub.registers.items()}
    }
    if len(pub.registers) > 1:
        document["joint"] = _joint(pub)
    document["values"] = {name: _plain(values) for name, values in pub.values.items()}
    document["other"] = _plain(pub.other)
    document["metadata"] = _plain(pub.metadata)
    return document


def _register(register: Register) -> dict[str, Any]:
    return {
        "num_bits": register.num_bits,
        "shape": list(register.shape),
        "shots": register.shots,
        "counts": [
            {register.bitstring(outcome): times for outcome, times in counts.most_common()}
            for counts in register.counts()
        ],
    }


def _joint(pub: PubResult) -> dict[str, Any]:
    return {
        "registers": list(pub.registers),
        "counts": [
            {pub.joint_bitstrings(outcome): times for outcome, times in counts.most_common()}
            for counts in pub.joint_counts()
        ],
    }


def _plain(value: Any) -> Any:
    """Return a decoded value as JSON data."""
    if isinstance(value, Values):
        return {"shape": list(value.shape), "values": _plain(value.nested())}
    if isinstance(value, Register):
        return _register(value)
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, complex):
        return {"real": _plain(value.real), "imag": _plain(value.imag)}
    if isinstance(value, datetime):
        return value.isoformat()
    return None if isinstance(value, float) and not math.isfinite(value) else value
