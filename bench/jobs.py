"""The jobs that are run: the same for both clients, each in the form that it reads."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

EXAMPLES = Path(__file__).parent.parent / "examples"
SEED = 20251121
_HEADER = "program_id: sampler\nbackend: ibm_examplesite\ntimeout_secs: 600\n"
_ROTATIONS = """OPENQASM 3.0;
include "stdgates.inc";
input float[64] a;
input float[64] b;
bit[1] c;
rz(a) $0;
sx $0;
rz(b) $0;
c[0] = measure $0;
"""


@dataclass(frozen=True)
class Job:
    """One job in two files.

    :param ours: a job file
    :param peers: input of ``task_runner``: ``{"program_id": …, "parameters": …}``
    """

    ours: Path
    peers: Path


def bell(directory: Path) -> Job:
    """Return the Bell example: one circuit of 300 bytes."""
    circuit = EXAMPLES / "bell.qasm"
    ours, peers = directory / "bell.yaml", directory / "bell.json"
    ours.write_text(f"{_HEADER}pubs:\n  - circuit: {circuit}\n    shots: 4096\n")
    parameters = {"pubs": [[circuit.read_text(), None, 4096]], "version": 2, "support_qiskit": True}
    peers.write_text(json.dumps({"program_id": "sampler", "parameters": parameters}))
    return Job(ours, peers)


def large_params(directory: Path, size_bytes: int) -> Job:
    """Return a parameter sweep whose params document has about so many bytes; we send it as a file."""
    ours, params, peers = directory / "large.yaml", directory / "params.json", directory / "large.json"
    ours.write_text(f"{_HEADER}params: {params.name}\n")
    with params.open("w") as file:
        file.writelines(_sweep(size_bytes))
    with peers.open("w") as file:
        file.write('{"program_id":"sampler","parameters":')
        file.writelines(_sweep(size_bytes))
        file.write("}")
    return Job(ours, peers)


def _sweep(size_bytes: int) -> Iterator[str]:
    numbers = random.Random(SEED)
    written = 0
    yield f'{{"pubs":[[{json.dumps(_ROTATIONS)},['
    separator = ""
    while written < size_bytes:
        row = f"{separator}[{numbers.random()!r},{numbers.random()!r}]"
        written += len(row)
        separator = ","
        yield row
    yield ']]],"version":2,"support_qiskit":true}'
