"""Arrays, judged by numpy, which writes them."""

from __future__ import annotations

import base64
import io
import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from direct_access.errors import StoreError
from direct_access.results.allowance import Allowance
from direct_access.results.npy import read_array

DTYPES = st.one_of(
    st_numpy.boolean_dtypes(),
    st_numpy.integer_dtypes(endianness="?"),
    st_numpy.unsigned_integer_dtypes(endianness="?"),
    st_numpy.floating_dtypes(endianness="?", sizes=(16, 32, 64)),
    st_numpy.complex_number_dtypes(endianness="?", sizes=(64, 128)),
)
ARRAYS = st_numpy.arrays(DTYPES, st_numpy.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5))


def file_of(array: np.ndarray, version: tuple[int, int] = (1, 0), **options: bool) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, version, **options)
    return stream.getvalue()


def encoded(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data)).decode()


@settings(deadline=None)
@given(array=ARRAYS, order=st.sampled_from("CF"), version=st.sampled_from([(1, 0), (2, 0)]))
def test_an_array_has_the_values_that_numpy_wrote(array, order, version):
    read = read_array(encoded(file_of(np.asarray(array, order=order), version)), Allowance())
    assert read.shape == array.shape
    np.testing.assert_array_equal(np.array(read.values(), array.dtype).reshape(array.shape), array)


@settings(deadline=None)
@given(
    array=st_numpy.arrays(np.uint8, st_numpy.array_shapes(min_dims=2, max_dims=3, max_side=9)),
    order=st.sampled_from("CF"),
)
def test_blocks_come_in_order_whatever_the_order_in_the_file(array, order):
    read = read_array(encoded(file_of(np.asarray(array, order=order))), Allowance())
    assert list(read.blocks(array.shape[-1])) == [row.tobytes() for row in array.reshape(-1, array.shape[-1])]


def test_an_array_of_python_objects_is_refused():
    pickled = file_of(np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(StoreError, match=r"elements of type '\|O'"):
        read_array(encoded(pickled), Allowance())


@pytest.mark.parametrize("dtype", ["U3", "M8[s]", "V4", [("a", "i4")]])
def test_an_array_of_anything_but_numbers_is_refused(dtype):
    with pytest.raises(StoreError, match="which are not read"):
        read_array(encoded(file_of(np.zeros(2, dtype))), Allowance())


def test_an_array_that_is_cut_is_damaged():
    whole = file_of(np.arange(100))
    with pytest.raises(StoreError, match="less data than its shape"):
        read_array(encoded(whole[:-1]), Allowance()).values()


def test_a_zlib_stream_that_is_cut_is_damaged():
    compressed = zlib.compress(file_of(np.arange(100)))
    with pytest.raises(StoreError, match="does not end where it should"):
        read_array(base64.b64encode(compressed[:-2]).decode(), Allowance())


def test_an_array_that_expands_to_more_than_its_shape_is_given_up_early():
    bomb = encoded(file_of(np.zeros(4, np.uint8)) + bytes(256 << 20))
    tracemalloc.start()
    try:
        with pytest.raises(StoreError, match="more data than its shape"):
            read_array(bomb, Allowance()).values()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 16 << 20


@pytest.mark.parametrize("shape", [(1 << 33,), (1 << 20, 1 << 20)])
def test_a_shape_that_no_machine_should_hold_is_refused(shape):
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|u1", "fortran_order": False, "shape": shape})
    with pytest.raises(StoreError, match="of shape"):
        read_array(encoded(header.getvalue()), Allowance())


@pytest.mark.parametrize(
    "header",
    [
        b"{'descr': '|u1', 'fortran_order': False}",
        b"{'descr': '|u1', 'fortran_order': False, 'shape': (-1,)}",
        b"{'descr': '|u1', 'fortran_order': False, 'shape': 3}",
        b"__import__('os').system('true')",
        b"[" * 5000,
    ],
)
def test_a_damaged_header_is_refused(header):
    data = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    with pytest.raises(StoreError, match="header"):
        read_array(encoded(data), Allowance())


@pytest.mark.parametrize(
    "text", ["", "AAAA", "@@@@", "abc", encoded(b""), encoded(b"hello, this is not an array")]
)
def test_what_is_no_array_at_all_is_refused(text):
    with pytest.raises(StoreError):
        read_array(text, Allowance())
