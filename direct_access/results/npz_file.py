"""Results as a file .npz of numpy, written with the standard library, array by array.

The names are ``pub0.REGISTER``, bytes of shape (*shape, shots, bytes) as in Qiskit's BitArray, with
``pub0.REGISTER.num_bits``; ``pub0.evs`` and other numbers by their names; ``pub0.parameters.NAME`` and
``pub0.observables``, of the shape of the PUB.
"""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO

from direct_access.results.model import PubResult, Results
from direct_access.results.names import RowNames

_UNSAFE = re.compile(r"[^\w.\[\],-]")
_HEADER_ALIGNMENT = 64
_AT_ONCE = 1 << 16


def write_npz(file: BinaryIO, results: Results, names: Sequence[RowNames]) -> None:
    """Write all registers, numbers, parameter values and observables."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (pub, its_names) in enumerate(zip(results.pubs, names, strict=True)):
            for name, shape, kind, data in _arrays(pub, its_names):
                member = _UNSAFE.sub("_", f"pub{number}.{name}") + ".npy"
                with archive.open(member, "w", force_zip64=True) as stream:
                    stream.write(_header(shape, kind))
                    for block in data:
                        stream.write(block)


def _arrays(pub: PubResult, names: RowNames) -> Iterator[tuple[str, tuple[int, ...], str, Iterable[bytes]]]:
    """Yield name, shape, numpy's type and the data of each array."""
    for name, register in pub.registers.items():
        yield name, (*register.shape, register.shots, register.width), "|u1", register.samples()
        yield f"{name}.num_bits", (), "<i8", [struct.pack("<q", register.num_bits)]
    for name, values in pub.values.items():
        kind, data = _numbers(values.flat)
        yield name, values.shape, kind, data
    for name, spread in names.parameters.items():
        kind, data = _numbers([float(spread.at(index)) for index in names.indices()])
        yield f"parameters.{name}", names.shape, kind, data
    if names.observables:
        labels = [str(names.observables.at(index)) for index in names.indices()]
        width = max(map(len, labels), default=1)
        data = (label.ljust(width, "\0").encode("utf-32-le") for label in labels)
        yield "observables", names.shape, f"<U{width}", data


def _numbers(flat: Sequence[Any]) -> tuple[str, Iterator[bytes]]:
    if any(isinstance(value, complex) for value in flat):
        pairs = [part for value in flat for part in (complex(value).real, complex(value).imag)]
        return "<c16", _packed("d", pairs)
    if all(isinstance(value, int) and -(1 << 63) <= value < 1 << 63 for value in flat):
        return "<i8", _packed("q", [int(value) for value in flat])
    return "<f8", _packed("d", [float(value) for value in flat])


def _packed(code: str, numbers: Sequence[Any]) -> Iterator[bytes]:
    for start in range(0, len(numbers), _AT_ONCE):
        some = numbers[start : start + _AT_ONCE]
        yield struct.pack(f"<{len(some)}{code}", *some)


def _header(shape: tuple[int, ...], kind: str) -> bytes:
    """Return the header of a .npy file, version 1.0 (numpy.lib.format)."""
    text = repr({"descr": kind, "fortran_order": False, "shape": shape}).encode("latin-1")
    padding = -(len(text) + 11) % _HEADER_ALIGNMENT
    text += b" " * padding + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text
