"""Arrays as they travel: base64 of zlib of a .npy file, read piece by piece with the standard library.

The format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, versions 1.0 and 2.0.
Arrays of Python objects hold pickles, which can run any code: they are refused.
"""

from __future__ import annotations

import ast
import base64
import binascii
import math
import re
import struct
import zlib
from collections.abc import Iterator
from itertools import product
from operator import mul
from typing import Any

from direct_access.errors import StoreError
from direct_access.light_dataclass import dataclass
from direct_access.results.allowance import Allowance
from direct_access.results.lazy_json import LongText

MAX_ARRAY_BYTES = 1 << 32
MAX_HEADER_BYTES = 1 << 16
MAX_DIMENSIONS = 64
PIECE_BYTES = 1 << 20
MAGIC = b"\x93NUMPY"

_DTYPE = re.compile(r"(?P<order>[<>|=])(?P<kind>[biufc])(?P<size>\d+)")
_INTEGERS = {
    "b1": "?",
    "i1": "b",
    "i2": "h",
    "i4": "i",
    "i8": "q",
    "u1": "B",
    "u2": "H",
    "u4": "I",
    "u8": "Q",
}
_FLOATS = {"f2": "e", "f4": "f", "f8": "d", "c8": "ff", "c16": "dd"}
_STRUCT_CODES = _INTEGERS | _FLOATS


@dataclass(frozen=True)
class Array:
    """A numeric array whose data has not been read yet.

    :param item: struct(3) code of an element, two for a complex one, byte order included
    :param fortran_order: whether the first index varies fastest
    :param allowance: how much may come of the file that it stands in
    """

    encoded: str | LongText
    data_offset: int
    shape: tuple[int, ...]
    item: str
    fortran_order: bool
    allowance: Allowance

    @property
    def size(self) -> int:
        """Number of elements."""
        return math.prod(self.shape)

    @property
    def is_bytes(self) -> bool:
        """Whether the elements are unsigned bytes."""
        return self.item[1:] == "B"

    def values(self) -> list[Any]:
        """Return all elements, the last index varying fastest: bool, int, float or complex.

        :raises StoreError: if the data is damaged, or too large to be a table of values
        """
        rows = sum(math.prod(self.shape[:axis]) for axis in range(1, len(self.shape) + 1))
        self.allowance.take(rows, f"an array of shape {self.shape}")
        if not self.size:
            return []
        (data,) = self.blocks(self._num_bytes)
        return list(self._unpacked(data))

    def blocks(self, size: int) -> Iterator[bytes]:
        """Yield the data in the order last index fastest, so many bytes at a time.

        :param size: above 0, and a divisor of the whole size
        :raises StoreError: if the data is damaged, shorter or longer than the shape says
        """
        whole = self._num_bytes if self.fortran_order else size
        if whole > self.allowance.block_bytes:
            most = self.allowance.block_bytes
            raise StoreError(
                f"an array needs {whole} bytes of memory; from a file of this size at most {most}"
            )
        for block in self._pieces(whole):
            if self.fortran_order:
                block = self._in_c_order(block)
            yield from (block[start : start + size] for start in range(0, len(block), size))

    def _pieces(self, size: int) -> Iterator[bytes]:
        waiting = bytearray()
        expected = self._num_bytes
        skip = self.data_offset
        for piece in _expanded(self.encoded):
            waiting += piece[skip:]
            expected -= len(piece[skip:])
            skip = max(0, skip - len(piece))
            if expected < 0:
                raise StoreError("an array has more data than its shape says")
            while len(waiting) >= size:
                yield bytes(memoryview(waiting)[:size])
                del waiting[:size]
        if expected:
            raise StoreError("an array has less data than its shape says")

    @property
    def _num_bytes(self) -> int:
        return self.size * struct.calcsize(self.item)

    def _in_c_order(self, data: bytes) -> bytes:
        item = struct.calcsize(self.item)
        strides = [item * math.prod(self.shape[:axis]) for axis in range(len(self.shape))]
        starts = (sum(map(mul, index, strides)) for index in product(*map(range, self.shape)))
        return b"".join(data[start : start + item] for start in starts)

    def _unpacked(self, data: bytes) -> Iterator[Any]:
        for numbers in struct.iter_unpack(self.item, data):
            yield complex(*numbers) if len(numbers) == 2 else numbers[0]


def read_array(encoded: str | LongText, allowance: Allowance) -> Array:
    """Return the array behind base64(zlib(npy)); only its header is read now.

    :param allowance: how much may come of the file
    :raises StoreError: if it is not such an array, or one that cannot be read safely
    """
    head = b""
    for piece in _expanded(encoded):
        head += piece
        if len(head) >= MAX_HEADER_BYTES:
            break
    if not head.startswith(MAGIC) or len(head) < 12:
        raise StoreError("an array is not in the .npy format")
    if head[6:8] == b"\x01\x00":
        offset, length = 10, int.from_bytes(head[8:10], "little")
    elif head[6:8] == b"\x02\x00":
        offset, length = 12, int.from_bytes(head[8:12], "little")
    else:
        raise StoreError(f"an array has .npy version {head[6]}.{head[7]}; 1.0 and 2.0 are read")
    shape, dtype, fortran_order = _header(head[offset : offset + length])
    array = Array(encoded, offset + length, shape, _struct_item(dtype), fortran_order, allowance)
    if array.size * struct.calcsize(array.item) > MAX_ARRAY_BYTES:
        raise StoreError(f"an array of shape {shape} is larger than {MAX_ARRAY_BYTES >> 30} GiB")
    return array


def _header(text: bytes) -> tuple[tuple[int, ...], str, bool]:
    try:
        header = ast.literal_eval(text.decode("latin-1").strip())
        shape, dtype, fortran_order = header["shape"], header["descr"], header["fortran_order"]
        if not all(type(length) is int and length >= 0 for length in shape):
            raise ValueError("a negative length")
        if len(shape) > MAX_DIMENSIONS:
            raise ValueError("more dimensions than numpy has")
        return tuple(shape), str(dtype), bool(fortran_order)
    except (ValueError, SyntaxError, KeyError, TypeError, MemoryError, RecursionError) as error:
        raise StoreError("an array has a damaged .npy header") from error


def _struct_item(dtype: str) -> str:
    match = _DTYPE.fullmatch(dtype)
    code = _STRUCT_CODES.get(f"{match['kind']}{match['size']}") if match else None
    if not match or not code:
        raise StoreError(f"an array has elements of type {dtype!r}, which are not read")
    return ("<" if match["order"] in "|=" else match["order"]) + code


def _expanded(encoded: str | LongText) -> Iterator[bytes]:
    expander = zlib.decompressobj()
    try:
        for text in encoded.pieces() if isinstance(encoded, LongText) else [encoded.encode()]:
            data = base64.b64decode(text, validate=True)
            while data:
                yield expander.decompress(data, PIECE_BYTES)
                data = expander.unconsumed_tail
        yield expander.flush()
    except (binascii.Error, zlib.error) as error:
        raise StoreError(f"an array is damaged: {error}") from error
    if not expander.eof or expander.unused_data:
        raise StoreError("an array is damaged: its compressed data does not end where it should")
