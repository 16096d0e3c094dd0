"""The sampler, judged by qiskit-ibm-runtime's decoder."""

from __future__ import annotations

import json
from typing import Any

from qiskit_ibm_runtime import RuntimeDecoder

BELL = """
OPENQASM 3.0;
include "stdgates.inc";
bit[2] c;
rz(pi/2) $0; sx $0; rz(pi/2) $0;
rz(pi/2) $1; sx $1; rz(pi/2) $1;
cz $0, $1;
rz(pi/2) $1; sx $1; rz(pi/2) $1;
c[0] = measure $0;
c[1] = measure $1;
"""


def decoded(document: str) -> Any:
    return json.loads(document, cls=RuntimeDecoder)


def test_a_bell_pair_gives_two_outcomes_in_equal_parts(laboratory):
    result = decoded(laboratory.results("sampler", {"pubs": [[BELL, [], 4096]]}))
    counts = result[0].data.c.get_counts()
    assert counts.keys() == {"00", "11"}
    assert abs(counts["00"] - 2048) < 200
