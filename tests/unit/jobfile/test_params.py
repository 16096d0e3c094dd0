"""The params object: a file byte for byte, a mapping as it is, or an object that exists already."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tracemalloc
from typing import Any

import pytest

from direct_access.errors import InputError
from direct_access.jobfile import DocumentParams

TEXT = "program_id: sampler\nparams: params.json\n"


class Digest:
    def __init__(self) -> None:
        self.sha256 = hashlib.sha256()

    def write(self, data: Any, /) -> None:
        self.sha256.update(data)


def sent(params: Any) -> bytes:
    destination = io.BytesIO()
    params.write(destination)
    return destination.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b' \n{"pubs" :  [] , "x":1e400, "x":2}\r\n',
        '{"caf\\u00e9": "é"}'.encode(),
        b'{"a": "NaN, \\" Infinity"}',
    ],
)
def test_a_file_is_sent_byte_for_byte(jobs: Any, content: bytes) -> None:
    jobs.write("params.json", content)
    params = jobs.load(TEXT).params
    assert (params.kind, sent(params)) == ("file", content)


def test_a_large_file_is_never_held_in_memory(jobs: Any) -> None:
    size = 100 << 20
    with jobs.write("params.json", "{").open("r+b") as file:
        file.truncate(size)
        file.seek(size - 1)
        file.write(b"}")
    tracemalloc.start()
    try:
        digest = Digest()
        jobs.load(TEXT).params.write(digest)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 << 20
    assert digest.sha256.hexdigest() == hashlib.sha256(b"{" + bytes(size - 2) + b"}").hexdigest()


def test_a_file_can_be_decoded(jobs: Any) -> None:
    jobs.write("params.json", '{"version": 2}')
    assert jobs.load(TEXT).params.document() == {"version": 2}


def test_a_file_that_is_too_large_to_decode_says_so(jobs: Any) -> None:
    jobs.write("params.json", b'{"a": "' + b"x" * (17 << 20) + b'"}')
    with pytest.raises(InputError) as refused:
        jobs.load(TEXT).params.document()
    assert "at most 16.0 MiB" in str(refused.value.findings[0])


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "job.yaml:2:9: params: the file 'params.json' is empty; allowed: a JSON object"),
        (b" \n ", "begins with blanks and ends with blanks"),
        (b"[]", "begins with '[' and ends with ']'; allowed: a JSON object, { … }"),
        (b"PK\x03\x04", "begins with 'P' and ends with '\\x04'"),
        (b'{"a": 1', "begins with '{' and ends with '1'"),
        (b'{"a": 1,\n "b": }', "params.json:2:7: not valid JSON: Expecting value; allowed: a JSON object"),
        (b'{"a": 1} {}', "params.json:1:10: not valid JSON: Extra data"),
        (b'{"a": 1,\n "b": [1, NaN]}', "params.json:2:11: NaN is not valid JSON; allowed: a finite number"),
        (b'{"NaN": -Infinity}', "params.json:1:9: -Infinity is not valid JSON"),
        (b'{"a": "\xff"}', "params.json:1:8: not valid text: byte 0xff; allowed: UTF-8 text"),
        (b'{"a": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "the file 'params.json' is nested too deeply"),
    ],
)
def test_a_file_that_is_no_json_object_is_refused_with_its_place(
    jobs: Any, content: bytes, found: str
) -> None:
    jobs.write("params.json", content)
    assert found in jobs.error(TEXT)


def test_a_file_that_does_not_exist_is_refused(jobs: Any) -> None:
    assert jobs.error(TEXT) == "job.yaml:2:9: params: the file 'params.json' does not exist"


@pytest.mark.parametrize("kind", ["fifo", "directory"])
def test_what_is_no_regular_file_is_refused(jobs: Any, kind: str) -> None:
    path = jobs.root / "params.json"
    os.mkfifo(path) if kind == "fifo" else path.mkdir()
    assert "allowed: a regular file" in jobs.error(TEXT)


def test_a_mapping_is_sent_as_it_is_in_compact_json(jobs: Any) -> None:
    circuit = "OPENQASM 3.0; qubit q; // é"
    text = (
        f"program_id: sampler\nparams: {{version: 2, pubs: [['{circuit}', [], 10]], support_qiskit: false}}\n"
    )
    content = sent(jobs.load(text).params)
    assert content.decode() == (f'{{"version":2,"pubs":[["{circuit}",[],10]],"support_qiskit":false}}')


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({}, "params.pubs: is missing"),
        ({"pubs": [], "version": 2}, "params.pubs: an empty list"),
        ({"pubs": [["OPENQASM 3.0;"]], "version": 1}, "params.version: 1; allowed: 2"),
        ({"pubs": [["OPENQASM 3.0;"]], "supports_qiskit": True}, "allowed: support_qiskit, without s"),
        ({"pubs": [["OPENQASM 3.0;"]], "option": {}}, "did you mean options?"),
        ({"pubs": [{"circuit": "OPENQASM 3.0;"}]}, "allowed: the API's list [circuit, parameter_values"),
        ({"pubs": [["OPENQASM 3.0;", [], 0]]}, "params.pubs[0][2]: 0; allowed: a whole number, 1 or more"),
        ({"pubs": [["OPENQASM 3.0;"]], "options": {"default_shotz": 1}}, "did you mean default_shots?"),
    ],
)
def test_a_mapping_of_another_shape_is_refused(jobs: Any, params: Any, found: str) -> None:
    assert found in jobs.error(json.dumps({"program_id": "sampler", "params": params}))


def test_params_that_are_neither_a_name_nor_a_mapping_are_refused(jobs: Any) -> None:
    assert jobs.error("program_id: sampler\nparams: [1]\n") == (
        "job.yaml:2:9: params: a list of 1; "
        "allowed: the name of a JSON file, or a mapping with pubs, options, …"
    )


def test_a_mapping_that_is_transpiled_has_its_pubs_in_full(jobs: Any) -> None:
    circuit = "OPENQASM 3.0; qubit q;"
    fields = {"program_id": "estimator", "params": {"pubs": [[circuit, "Z"]], "version": 2}}
    job = jobs.load(json.dumps({**fields, "transpile": {"optimization_level": 1}}))
    assert job.params.document() == {"pubs": [[circuit, "Z", [], None]], "version": 2}


@pytest.mark.parametrize("more", ["id: abc", "storage: {input: {object_name: data/params.json}}"])
def test_an_object_that_exists_already_needs_an_id_or_a_name(jobs: Any, more: str) -> None:
    params = jobs.load(f"program_id: sampler\n{more}\n").params
    assert params.kind == "external"
    with pytest.raises(InputError):
        params.write(io.BytesIO())
    with pytest.raises(InputError):
        params.document()


def test_a_document_is_written_as_utf8_with_exact_numbers() -> None:
    params = DocumentParams({"é": [0.1, 1e-7, 10**20], "b": None})
    assert sent(params).decode() == '{"é":[0.1,1e-07,100000000000000000000],"b":null}'
