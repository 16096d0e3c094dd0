"""The two forms of results documents, as data for :func:`.streamed_json.write_json`.

With ``support_qiskit: true`` the document is typed JSON as qiskit-ibm-runtime's decoder reads it; with
``false`` it is plain JSON, larger, with a hexadecimal string for each shot.
"""

from __future__ import annotations

import base64
import io
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from direct_access.simulator.execution.streamed_json import Pieces

BLOCK_BYTES = 1 << 20
BASE64_GROUP_BYTES = 3
COMPRESSION_LEVEL = 1  # measured bits hardly compress; what does, does so at the lowest level too


@dataclass(frozen=True)
class RegisterSamples:
    """What was measured into one classical register.

    :param array: bytes of shape (*parameter shape, shots, bytes of a shot), as qiskit's BitArray has them
    """

    array: NDArray[np.uint8]
    num_bits: int


@dataclass(frozen=True)
class PubResult:
    """The result of one PUB.

    :param type_name: ``SamplerPubResult`` or ``PubResult``, which is the estimator's
    :param fields: registers or IQ points of the sampler; arrays of the estimator, of the PUB's shape
    :param shape: shape of the PUB
    """

    type_name: str
    fields: Mapping[str, RegisterSamples | NDArray[np.complex128] | NDArray[np.float64]]
    shape: tuple[int, ...]
    metadata: Mapping[str, Any]


def typed_results(pubs: Iterator[PubResult], metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document of ``support_qiskit: true``; PUBs are executed while it is written."""
    return _typed("PrimitiveResult", {"pub_results": map(_typed_pub, pubs), "metadata": metadata})


def plain_results(pubs: Iterator[PubResult], metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document of ``support_qiskit: false``; PUBs are executed while it is written."""
    return {"results": map(_plain_pub, pubs), "metadata": metadata}


def _typed_pub(pub: PubResult) -> dict[str, Any]:
    fields = {name: _typed_field(field) for name, field in pub.fields.items()}
    data = {"field_names": list(fields), "shape": pub.shape, "fields": fields}
    return _typed(pub.type_name, {"data": _typed("DataBin", data), "metadata": pub.metadata})


def _typed_field(field: RegisterSamples | NDArray[Any]) -> dict[str, Any]:
    if isinstance(field, RegisterSamples):
        return _typed("BitArray", {"array": _typed_field(field.array), "num_bits": field.num_bits})
    return _typed("ndarray", Pieces(_base64(_compressed(field))))


def _typed(name: str, value: Any) -> dict[str, Any]:
    return {"__type__": name, "__value__": value}


def _compressed(array: NDArray[Any]) -> Iterator[bytes]:
    """Yield the array as a compressed .npy file (numpy.lib.format, version 1.0)."""
    compressor = zlib.compressobj(COMPRESSION_LEVEL)
    header = io.BytesIO()
    contiguous = np.ascontiguousarray(array).reshape(array.shape)
    np.lib.format.write_array_header_1_0(header, np.lib.format.header_data_from_array_1_0(contiguous))
    yield compressor.compress(header.getvalue())
    data = contiguous.reshape(-1).view(np.uint8)
    for start in range(0, len(data), BLOCK_BYTES):
        yield compressor.compress(data[start : start + BLOCK_BYTES].tobytes())
    yield compressor.flush()


def _base64(blocks: Iterator[bytes]) -> Iterator[str]:
    rest = b""
    for block in blocks:
        rest += block
        whole = len(rest) - len(rest) % BASE64_GROUP_BYTES
        yield base64.b64encode(rest[:whole]).decode("ascii")
        rest = rest[whole:]
    yield base64.b64encode(rest).decode("ascii")


def _plain_pub(pub: PubResult) -> dict[str, Any]:
    data = {name: _plain_field(field, pub.shape) for name, field in pub.fields.items()}
    return {"data": data, "metadata": pub.metadata}


def _plain_field(field: RegisterSamples | NDArray[Any], shape: tuple[int, ...]) -> Any:
    if not isinstance(field, RegisterSamples):
        return _nested_complex(field) if np.iscomplexobj(field) else field.tolist()
    return {"samples": _nested_samples(field.array, len(shape)), "num_bits": field.num_bits}


def _nested_samples(array: NDArray[np.uint8], dimensions: int) -> Any:
    if dimensions:
        return (_nested_samples(part, dimensions - 1) for part in array)
    return [hex(int.from_bytes(shot, "big")) for shot in map(bytes, array)]


def _nested_complex(array: NDArray[np.complex128]) -> Any:
    """Return nested lists of complex numbers, as qiskit-ibm-runtime writes one: no plain form is known."""
    if array.ndim > 1:
        return (_nested_complex(part) for part in array)
    return [_typed("complex", [point.real, point.imag]) for point in array.tolist()]
