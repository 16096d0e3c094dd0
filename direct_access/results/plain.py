"""Plain results: what the API sends for ``support_qiskit: false``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from direct_access.errors import StoreError
from direct_access.results.fields import pub_result
from direct_access.results.lazy_json import LongArray
from direct_access.results.model import PubResult, Register, Results, byte_width
from direct_access.results.typed import decoded

MAX_BITS = 1 << 16
MAX_REMEMBERED_SAMPLES = 1 << 16


def plain_results(document: Mapping[str, Any]) -> Results:
    """Return the results of a document ``{"results": [{"data": …, "metadata": …}], "metadata": …}``.

    :raises StoreError: if it is damaged
    """
    return Results([_pub(pub) for pub in document["results"]], decoded(document.get("metadata") or {}))


def _pub(pub: Any) -> PubResult:
    if not isinstance(pub, dict) or not isinstance(pub.get("data"), dict):
        raise StoreError('an element of results is no result of a PUB: it has no object "data"')
    fields = {name: _field(field) for name, field in pub["data"].items()}
    return pub_result(fields, decoded(pub.get("metadata") or {}))


def _field(field: Any) -> Any:
    if not isinstance(field, dict) or "samples" not in field:
        return decoded(field)
    num_bits = field.get("num_bits")
    if not isinstance(num_bits, int) or not 0 <= num_bits <= MAX_BITS:
        raise StoreError(f"{num_bits!r} is no number of bits")
    return _register(field["samples"], num_bits)


def _register(samples: Any, num_bits: int) -> Register:
    shape = []
    first = samples
    while isinstance(first, list) and first and isinstance(first[0], (list, LongArray)):
        shape.append(len(first))
        first = first[0]
    sets = list(_sets(samples, shape))
    shots = sum(1 for _ in first)
    return Register(num_bits, tuple(shape), shots, partial(_packed, sets, shots, num_bits))


def _sets(samples: Any, shape: Sequence[int]) -> Iterator[Iterable[Any]]:
    """Yield the samples of each set of parameter values."""
    if not isinstance(samples, (list, LongArray)):
        raise StoreError("the samples of a register are no list")
    if not shape:
        yield samples
        return
    items = list(samples)
    if len(items) != shape[0]:
        raise StoreError("the samples of a register are nested irregularly")
    for item in items:
        yield from _sets(item, shape[1:])


def _packed(sets: Sequence[Iterable[Any]], shots: int, num_bits: int) -> Iterator[bytes]:
    """Yield the shots of each set as bytes: hexadecimal strings such as ``0x3`` are what the file has."""
    width = byte_width(num_bits)
    remembered: dict[str, bytes] = {}

    def pack(sample: str) -> bytes:
        try:
            outcome = int(sample, 16)
            if outcome >> num_bits:
                raise ValueError
            packed = outcome.to_bytes(width, "big")
        except (ValueError, OverflowError) as error:
            raise StoreError(f"{sample!r} is no sample of {num_bits} bits") from error
        if len(remembered) < MAX_REMEMBERED_SAMPLES:
            remembered[sample] = packed
        return packed

    for samples in sets:
        packed = bytearray()
        for sample in map(str, samples):
            packed += remembered.get(sample) or pack(sample)
        if len(packed) != shots * width:
            raise StoreError("the samples of a register have different numbers of shots")
        yield bytes(packed)
