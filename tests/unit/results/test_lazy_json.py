"""The JSON reader, judged by the standard library's."""

from __future__ import annotations

import json
import mmap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from direct_access.results import lazy_json
from direct_access.results.lazy_json import LongArray, LongText, parse

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(),
    st.sampled_from(["[", "]", '"']),
)
DOCUMENTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=40
)


def eager(value):
    """Return a document with all that is long read into memory."""
    if isinstance(value, LongText):
        return str(value)
    if isinstance(value, (list, LongArray)):
        return [eager(item) for item in value]
    if isinstance(value, dict):
        return {name: eager(item) for name, item in value.items()}
    return value


@settings(deadline=None)
@given(document=DOCUMENTS, ascii_only=st.booleans(), indent=st.sampled_from([None, 1]))
def test_a_document_is_read_as_the_standard_library_reads_it(document, ascii_only, indent):
    text = json.dumps(document, ensure_ascii=ascii_only, indent=indent)
    assert eager(parse(text.encode())) == document


@settings(deadline=None)
@given(document=DOCUMENTS)
def test_a_document_is_the_same_when_everything_in_it_counts_as_long(document):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lazy_json, "LONG_BYTES", 0)
        patch.setattr(lazy_json, "PIECE_BYTES", 8)
        assert eager(parse(json.dumps(document).encode())) == document


@settings(deadline=None)
@given(text=st.text('[]{},:" \\01-.eEtrufalsn', max_size=12))
def test_what_the_standard_library_refuses_is_refused(text):
    try:
        expected = json.loads(text)
    except ValueError:
        with pytest.raises(ValueError, match="byte"):
            parse(text.encode())
    else:
        assert eager(parse(text.encode())) == expected


def test_nesting_without_end_is_refused():
    with pytest.raises(ValueError, match="nested deeper"):
        parse(b"[" * 100_000)


def test_long_leaves_of_a_mapped_file_stay_in_the_file(tmp_path):
    samples = [f"0x{number:x}" for number in range(300_000)]
    path = tmp_path / "document.json"
    path.write_text(json.dumps({"text": "A" * 200_000, "samples": samples}))
    with path.open("rb") as stream:
        document = parse(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
    assert isinstance(document["text"], LongText)
    assert isinstance(document["samples"], LongArray)
    assert b"".join(document["text"].pieces()) == b"A" * 200_000
    assert list(document["samples"]) == samples == list(document["samples"])
