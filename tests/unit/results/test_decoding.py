"""Files that hold no results."""

from __future__ import annotations

import json

import pytest

from direct_access.errors import LocalStorageError, StoreError
from direct_access.results import decode


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "no JSON value at byte 0; it begins with ''"),
        (b"Traceback (most recent call last):\n", "it begins with 'Traceback (most recent call last)"),
        (b'{"results": [', "is not JSON"),
        (b'{"results": []} trailing', "unexpected data after the document, at byte 16"),
        (b"\x89PNG\r\n\x1a\n", "is not JSON"),
    ],
)
def test_a_file_that_is_not_json_says_what_it_begins_with(tmp_path, content, found):
    path = tmp_path / "results.json"
    path.write_bytes(content)
    with pytest.raises(StoreError) as caught:
        decode(path)
    assert found in caught.value.message
    assert caught.value.subject == str(path)


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ([1], "a JSON list"),
        ("text", "a JSON str"),
        ({"schema_version": "v0.1", "data": {}}, "an object with data, schema_version"),
        ({}, "an object with nothing in it"),
        ({"__type__": "NoiseLearnerResult", "__value__": {}}, "a NoiseLearnerResult"),
        ({"__type__": "PrimitiveResult", "__value__": 3}, "it is not an object"),
        ({"results": "none"}, "an object with results"),
    ],
)
def test_json_of_another_shape_says_what_was_found(tmp_path, document, found):
    path = tmp_path / "results.json"
    path.write_text(json.dumps(document))
    with pytest.raises(StoreError) as caught:
        decode(path)
    assert found in caught.value.message


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_a_file_that_cannot_be_read_is_a_local_storage_error(tmp_path, name):
    with pytest.raises(LocalStorageError, match="cannot be read"):
        decode(tmp_path / name)
