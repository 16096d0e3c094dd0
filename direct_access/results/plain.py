"""Plain results: what the API sends for ``support_qiskit: false``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from direct_access.errors import StoreError
from direct_access.results.allowance import Allowance
from direct_access.results.fields import pub_result
from direct_access.results.lazy_json import LongArray
from direct_access.results.model import MAX_BITS, PubResult, Register, Results, byte_width
from direct_access.results.typed import decoded

MAX_REMEMBERED_SAMPLES = 1 << 16


def plain_results(document: Mapping[str, Any], allowance: Allowance) -> Results:
    """Return the results of a document ``{"results": [{"data": …, "metadata": …}], "metadata": …}``.

    :param allowance: how much may come of the file
    :raises StoreError: if it is damaged
    """
    pubs = [_pub(pub, allowance) for pub in document["results"]]
    metadata = decoded(document.get("metadata") or {}, allowance)
    return Results(pubs, metadata, most_outcomes=allowance.items)


def _pub(pub: Any, allowance: Allowance) -> PubResult:
    if not isinstance(pub, dict) or not isinstance(pub.get("data"), dict):
        raise StoreError('an element of results is not a result of a PUB: it has no object "data"')
    fields = {name: _field(field, allowance) for name, field in pub["data"].items()}
    return pub_result(fields, decoded(pub.get("metadata") or {}, allowance))


def _field(field: Any, allowance: Allowance) -> Any:
    if not isinstance(field, dict) or "samples" not in field:
        return decoded(field, allowance)
    num_bits = field.get("num_bits")
    if not isinstance(num_bits, int) or not 0 <= num_bits <= MAX_BITS:
        raise StoreError(f"{num_bits!r} is not a valid number of bits")
    return _register(field["samples"], num_bits, allowance)


def _register(samples: Any, num_bits: int, allowance: Allowance) -> Register:
    shape = []
    first = samples
    while isinstance(first, list) and first and isinstance(first[0], (list, LongArray)):
        shape.append(len(first))
        first = first[0]
    sets = list(_sets(samples, shape))
    shots = sum(1 for _ in first)
    if shots * byte_width(num_bits) > allowance.block_bytes:
        raise StoreError(f"{shots} samples of {num_bits} bits are more than a file of this size can hold")
    return Register(num_bits, tuple(shape), shots, partial(_packed, sets, shots, num_bits))


def _sets(samples: Any, shape: Sequence[int]) -> Iterator[Iterable[Any]]:
    """Yield the samples of each set of parameter values."""
    if not isinstance(samples, (list, LongArray)):
        raise StoreError("the samples of a register are not a list")
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
            raise StoreError(f"{sample!r} is not a sample of {num_bits} bits") from error
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
