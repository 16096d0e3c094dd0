"""Results of jobs that are not executed: valid documents of any size, for tests and benchmarks of clients."""

from __future__ import annotations

from pathlib import Path

_HEAD = b'{"results":[{"data":{"c":{"samples":["0x0"'
_SAMPLE = b',"0x3"'
_TAIL = b'],"num_bits":2}},"metadata":{}}],"metadata":{"version":2}}'
_BLOCK = _SAMPLE * 20_000
SMALLEST_BYTES = len(_HEAD) + len(_TAIL)
USUAL_BYTES = SMALLEST_BYTES + 3 * len(_SAMPLE)


def write_results(destination: Path, size_bytes: int | None = None) -> None:
    """Write sampler results in plain JSON (``support_qiskit: false``).

    :param size_bytes: size of the file, at least :data:`SMALLEST_BYTES`; None for four shots
    """
    left = max(size_bytes or USUAL_BYTES, SMALLEST_BYTES) - SMALLEST_BYTES
    samples, blanks = divmod(left, len(_SAMPLE))
    with destination.open("wb") as file:
        file.write(_HEAD)
        blocks, rest = divmod(samples, 20_000)
        for _ in range(blocks):
            file.write(_BLOCK)
        file.write(_SAMPLE * rest + b" " * blanks + _TAIL)
