"""Circuits: OpenQASM 3 files, QPY files, inline text, and the API's envelope for QPY."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import os
import subprocess
import sys
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from direct_access.jobfile import qpy as our_qpy


def qpy_of_two_qubits(*, version: int = 17, copies: int = 1) -> bytes:
    from qiskit import QuantumCircuit, qpy

    circuit = QuantumCircuit(2, 2, name="belle — étoile", metadata={"a": 1})
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [0, 1])
    content = io.BytesIO()
    qpy.dump([circuit] * copies, content, version=version)
    return content.getvalue()


def text(circuit: Any) -> str:
    return json.dumps({"program_id": "sampler", "pubs": [{"circuit": circuit}]})


def sent(jobs: Any, circuit: Any) -> Any:
    return jobs.params(text(circuit))["pubs"][0][0]


def test_an_openqasm_file_is_sent_as_text(jobs: Any) -> None:
    assert sent(jobs, "bell.qasm") == (jobs.root / "bell.qasm").read_text()


def test_a_file_name_is_relative_to_the_job_file(jobs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    (jobs.root / "circuits").mkdir()
    jobs.write("circuits/c.qasm", "OPENQASM 3.0;\n")
    assert sent(jobs, "circuits/c.qasm") == "OPENQASM 3.0;\n"
    assert sent(jobs, str(jobs.root / "circuits/c.qasm")) == "OPENQASM 3.0;\n"


@pytest.mark.parametrize(
    "circuit",
    [
        "OPENQASM 3.0; qubit q;",
        "OPENQASM 3; qubit q;",
        "  OPENQASM 3.1; qubit q;",
        "// a comment\n/* and\nanother */ OPENQASM 3.0;\nqubit q;\n",
    ],
)
def test_inline_text_is_sent_as_it_is(jobs: Any, circuit: str) -> None:
    assert sent(jobs, circuit) == circuit


@pytest.mark.parametrize("version", range(13, 18))
def test_a_qpy_file_of_an_accepted_version_is_sent_in_its_envelope(jobs: Any, version: int) -> None:
    content = qpy_of_two_qubits(version=version)
    jobs.write("bell.qpy", content)
    envelope = sent(jobs, "bell.qpy")
    assert envelope["__type__"] == "QuantumCircuit"
    assert zlib.decompress(base64.b64decode(envelope["__value__"])) == content
    assert our_qpy.read_header(content) == (version, 2)


def test_a_circuit_in_the_apis_envelope_is_sent_as_it_is(jobs: Any) -> None:
    value = base64.b64encode(zlib.compress(qpy_of_two_qubits())).decode()
    envelope = {"__type__": "QuantumCircuit", "__value__": value}
    assert sent(jobs, envelope) == envelope


def test_a_file_that_does_not_exist_is_named_with_its_place(jobs: Any) -> None:
    assert jobs.error("program_id: sampler\npubs:\n  - circuit: no.qasm\n") == (
        "job.yaml:3:14: pubs[0].circuit: the circuit file 'no.qasm' does not exist"
    )


def test_a_fifo_is_no_circuit(jobs: Any) -> None:
    os.mkfifo(jobs.root / "fifo")
    assert "the circuit file 'fifo' is a named pipe" in jobs.error(text("fifo"))


def test_a_huge_file_is_no_circuit(jobs: Any) -> None:
    with jobs.write("big.qasm", "").open("wb") as file:
        file.truncate(1 << 30)
    assert "has 1.0 GiB; allowed: at most 64.0 MiB" in jobs.error(text("big.qasm"))


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "is not valid OpenQASM 3"),
        (b"qubit q;\nOPENQASM 3.0;", "is not valid OpenQASM 3"),
        (b"OPENQASM 2.0;\nqreg q[1];", "is OpenQASM 2.0; convert it with qiskit.qasm3.dumps"),
        (b"OPENQASM 4.0;\n", "is OpenQASM 4.0"),
        (b"OPENQASM 3.0;\n// caf\xe9\n", "is not valid UTF-8 text"),
        (b"\x89PNG\r\n\x1a\n\xff", "is not valid UTF-8 text"),
    ],
)
def test_a_file_that_is_no_openqasm_3_is_refused(jobs: Any, content: bytes, found: str) -> None:
    jobs.write("c.qasm", content)
    assert found in jobs.error(text("c.qasm"))


@pytest.mark.parametrize("circuit", ["qubit q;\n", "OPENQASM 2.0; qreg q[1];", "OPENQASM; x"])
def test_inline_text_that_is_no_openqasm_3_is_refused(jobs: Any, circuit: str) -> None:
    assert "allowed: OpenQASM 3, beginning with OPENQASM 3.0;" in jobs.error(text(circuit))


def test_a_params_mapping_holds_circuits_not_names_of_files(jobs: Any) -> None:
    document = {"program_id": "sampler", "params": {"pubs": [["bell.qasm"]]}}
    assert "params.pubs[0][0]: 'bell.qasm' is not valid OpenQASM 3" in jobs.error(json.dumps(document))


def test_a_qpy_file_with_two_circuits_is_refused(jobs: Any) -> None:
    jobs.write("two.qpy", qpy_of_two_qubits(copies=2))
    assert "a QPY file with 2 circuits; allowed: exactly one" in jobs.error(text("two.qpy"))


@pytest.mark.parametrize("version", [12, 18])
def test_a_qpy_file_of_another_version_is_refused(jobs: Any, version: int) -> None:
    content = bytearray(qpy_of_two_qubits())
    content[6] = version
    jobs.write("c.qpy", bytes(content))
    assert f"QPY version {version}; allowed: 13 to 17" in jobs.error(text("c.qpy"))


@pytest.mark.parametrize("length", [6, 10, 18, 19, 22, 30])
def test_a_qpy_file_that_was_cut_off_is_refused(jobs: Any, length: int) -> None:
    jobs.write("c.qpy", qpy_of_two_qubits()[:length])
    assert "cut off in its header" in jobs.error(text("c.qpy"))


@given(st.binary(max_size=80))
def test_no_bytes_after_the_magic_break_the_header_reader(tail: bytes) -> None:
    with contextlib.suppress(ValueError):
        assert our_qpy.read_header(our_qpy.MAGIC + tail).version in our_qpy.VERSIONS


@pytest.mark.parametrize(
    "value", ["not base64!", "AAAA", base64.b64encode(zlib.compress(b"QISKIT" * 9)[:-4]).decode()]
)
def test_an_envelope_that_holds_no_circuit_is_refused(jobs: Any, value: str) -> None:
    circuit = {"__type__": "QuantumCircuit", "__value__": value}
    assert "pubs[0].circuit.__value__" in jobs.error(text(circuit))


def test_an_envelope_that_unpacks_without_end_is_refused(jobs: Any) -> None:
    bomb = zlib.compress(bytes(100 << 20), 9)
    circuit = {"__type__": "QuantumCircuit", "__value__": base64.b64encode(bomb).decode()}
    assert "cut off or too large" in jobs.error(text(circuit))


def test_a_circuit_that_several_pubs_use_is_complained_of_once(jobs: Any) -> None:
    first, second = jobs.errors("program_id: sampler\npubs: [{circuit: no.qasm}, {circuit: no.qasm}]\n")
    assert "does not exist" in first
    assert second.endswith("the same circuit as before, which has errors")


# A thorough check parses the text with Qiskit.


def test_a_thorough_check_finds_a_syntax_error_in_the_circuit_file(jobs: Any) -> None:
    jobs.write("c.qasm", "OPENQASM 3.0;\nqubit q\nU(0, 0, 0) q;\n")
    assert jobs.load(text("c.qasm")).params.kind == "document"
    assert jobs.error(text("c.qasm"), thorough=True) == (
        "c.qasm:3:1: pubs[0].circuit: not valid OpenQASM 3: 'U' is not expected here"
    )


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("OPENQASM 3.0;\nqubit q;\nfoo q;", "line 3, column 1 of the circuit: Qiskit cannot read it: gate"),
        (
            "OPENQASM 3.0;\nqubit q; §",
            "line 2, column 10 of the circuit: not valid OpenQASM 3: token recognition",
        ),
        (
            "OPENQASM 3.0;\nqubit q; {",
            "line 2, column 11 of the circuit: not valid OpenQASM 3: the end of the text",
        ),
        ("OPENQASM 3.0;\nqubit[2] q; bit c; c = measure q;", "Qiskit cannot read it: "),
        ("OPENQASM 3.0; int x = " + "(" * 5000, "Qiskit cannot read it: "),
    ],
)  # fmt: skip
def test_a_thorough_check_finds_errors_in_inline_text(jobs: Any, code: str, found: str) -> None:
    error = jobs.error(text(code), thorough=True)
    assert error.startswith("job.yaml:1:")
    assert found in error


def test_what_qiskit_does_not_support_is_an_error(jobs: Any) -> None:
    found = jobs.error(text("OPENQASM 3.0; array[int[8], 3] a; qubit q;"), thorough=True)
    assert "are not supported" in found


@pytest.mark.parametrize(
    "statement", ["U(0, 0, 0) $1234567;", "qubit[1_000_000] q;", f"qubit[{'9' * 5000}] q;"]
)
def test_numbers_that_would_fill_the_memory_are_errors(jobs: Any, statement: str) -> None:
    assert "registers and qubits end at 99999" in jobs.error(
        text(f"OPENQASM 3.0; {statement}"), thorough=True
    )


def test_a_text_that_would_take_long_to_parse_is_a_warning(jobs: Any) -> None:
    code = "OPENQASM 3.0;\nqubit q;\n" + "U(0, 0, 0) q;\n" * 20_000
    (warning,) = jobs.warnings(text(code), thorough=True)
    assert "not checked in full: longer than" in warning


def test_a_thorough_check_reads_qpy_in_full(jobs: Any) -> None:
    jobs.write("c.qpy", qpy_of_two_qubits()[:-10])
    assert jobs.load(text("c.qpy")).params.kind == "document"
    assert "Qiskit cannot read the QPY file" in jobs.error(text("c.qpy"), thorough=True)


def test_good_circuits_pass_a_thorough_check(jobs: Any) -> None:
    jobs.write("bell.qpy", qpy_of_two_qubits())
    for circuit in ("bell.qasm", "sweep.qasm", "bell.qpy"):
        assert jobs.warnings(text(circuit), thorough=True) == []


def test_loading_a_job_file_imports_nothing_heavy(jobs: Any) -> None:
    path = jobs.write("job.yaml", text("bell.qasm"))
    code = (
        "import sys; from pathlib import Path; from direct_access import jobfile; "
        f"jobfile.load(Path({str(path)!r})); "
        "print([m for m in ('qiskit', 'numpy', 'botocore', 'urllib3', 'jsonschema') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
