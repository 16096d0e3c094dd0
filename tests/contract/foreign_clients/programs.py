"""Programs for foreign clients: ISA circuits of every backend of the simulator, and what they must give."""

from __future__ import annotations

from typing import Any

SHOTS = 1000
_BELL_STATE = """OPENQASM 3.0;
include "stdgates.inc";
{declaration}
rz(pi/2) $0; sx $0; rz(pi/2) $0;
rz(pi/2) $1; sx $1; rz(pi/2) $1;
cz $0, $1;
rz(pi/2) $1; sx $1; rz(pi/2) $1;
{measurement}
"""
BELL = _BELL_STATE.format(declaration="bit[2] c;", measurement="c[0] = measure $0;\nc[1] = measure $1;")


def sampler(support_qiskit: bool) -> dict[str, Any]:
    """Return the params of a Bell state that is measured."""
    return {"pubs": [[BELL, None, SHOTS]], "version": 2, "support_qiskit": support_qiskit}


def estimator(support_qiskit: bool) -> dict[str, Any]:
    """Return the params of a Bell state of which two correlations are asked."""
    circuit = _BELL_STATE.format(declaration="", measurement="")
    pub = [circuit, ["ZZ", "ZI"], None, 0.02]
    return {"pubs": [pub], "version": 2, "support_qiskit": support_qiskit}


def is_of_a_bell_state(samples: list[str]) -> bool:
    """Whether nearly all samples of two bits are 0x0 and 0x3, about half of them each."""
    equal = [sample for sample in samples if sample in ("0x0", "0x3")]
    return len(samples) == SHOTS and len(equal) > 0.85 * SHOTS and 0.4 < equal.count("0x0") / len(equal) < 0.6
