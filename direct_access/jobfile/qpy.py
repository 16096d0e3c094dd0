"""The headers of a QPY file (https://quantum.cloud.ibm.com/docs/api/qiskit/qpy)."""

from __future__ import annotations

import struct
from typing import NamedTuple

MAGIC = b"QISKIT"
VERSIONS = range(13, 18)
"""What the service reads: API, inputs of the primitives."""

_FILE_HEADER = struct.Struct("!6sBBBBQc")
_TYPE_KEY = struct.Struct("!c")
_TABLE_ENTRY = struct.Struct("!Q")
_CIRCUIT_HEADER_START = struct.Struct("!HcHI")
_FIRST_VERSION_WITH_TABLE = 16


class QpyHeader(NamedTuple):
    """What the headers say of a file with one circuit."""

    version: int
    num_qubits: int


def read_header(content: bytes) -> QpyHeader:
    """Read the headers of a QPY file.

    :raises ValueError: if it is not a QPY file of an accepted version with exactly one circuit
    """
    try:
        magic, version, *_, programs, _encoding = _FILE_HEADER.unpack_from(content)
        if magic != MAGIC:
            raise ValueError("not a QPY file: it does not begin with QISKIT")
        if version not in VERSIONS:
            accepted = f"{VERSIONS[0]} to {VERSIONS[-1]}"
            raise ValueError(
                f"QPY version {version}; allowed: {accepted}; see qpy.dump(…, version={VERSIONS[-1]})"
            )
        if programs != 1:
            raise ValueError(f"a QPY file with {programs} circuits; allowed: exactly one")
        return QpyHeader(version, _num_qubits(content, version))
    except struct.error as error:
        raise ValueError("a QPY file that was cut off in its header") from error


def _num_qubits(content: bytes, version: int) -> int:
    (kind,) = _TYPE_KEY.unpack_from(content, _FILE_HEADER.size)
    if kind != b"q":
        raise ValueError("a QPY file that holds no circuit")
    start = _FILE_HEADER.size + _TYPE_KEY.size
    if version >= _FIRST_VERSION_WITH_TABLE:
        (start,) = _TABLE_ENTRY.unpack_from(content, start)
    _name_size, _phase_type, _phase_size, num_qubits = _CIRCUIT_HEADER_START.unpack_from(content, start)
    return int(num_qubits)
