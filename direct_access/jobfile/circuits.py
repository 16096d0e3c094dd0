"""Circuits: found, read, checked, and put into the form in which the API takes them."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from direct_access.document import Path as DocumentPath
from direct_access.document import read_regular, show
from direct_access.errors import Finding, InputError
from direct_access.jobfile import openqasm, qpy
from direct_access.jobfile.report import JobFileReport

LIMIT_BYTES = 64 * 1024 * 1024
_ALLOWED = "OpenQASM 3, beginning with OPENQASM 3.0;"


class Circuit:
    """One circuit of a job.

    :param wire: the JSON value that the API takes: OpenQASM 3 text, or QPY in its envelope
    :param num_qubits: of a QPY circuit
    :param parsed: what Qiskit made of OpenQASM 3 text, where it was asked; else the text is scanned
    """

    def __init__(
        self, wire: str | Mapping[str, Any], num_qubits: int | None = None, parsed: Any = None
    ) -> None:
        self.wire = wire
        self.num_qubits = num_qubits
        self._parsed = parsed

    @cached_property
    def _code(self) -> str:
        return openqasm.without_comments(self.wire) if isinstance(self.wire, str) else ""

    @cached_property
    def width(self) -> int | None:
        """Number of qubits; None where only the service knows it: with physical qubits, or sizes by name."""
        if self.num_qubits is not None or self.least_width is not None:
            return self.num_qubits
        if self._parsed is not None:
            return int(self._parsed.num_qubits)
        sizes = [register.size for register in openqasm.registers(self._code)]
        return None if None in sizes else sum(size for size in sizes if size is not None)

    @cached_property
    def least_width(self) -> int | None:
        """Number of qubits that a circuit on physical qubits must have, None for any other."""
        if self._parsed is not None:
            return None if self._parsed.layout is None else int(self._parsed.num_qubits)
        highest = openqasm.highest_physical_qubit(self._code)
        return None if highest is None else highest + 1

    @cached_property
    def parameters(self) -> list[str] | None:
        """Names of the parameters in order, None where only the service knows them."""
        return openqasm.inputs(self._code) if isinstance(self.wire, str) else None


class CircuitReader:
    """Reads the circuits of one job file; a file that several PUBs name is read once.

    :param directory: where relative file names start
    :param thorough: parse OpenQASM 3 in full where Qiskit is installed
    """

    def __init__(self, report: JobFileReport, directory: Path, *, thorough: bool) -> None:
        self._report = report
        self._directory = directory
        self._thorough = thorough
        self._known: dict[str, Circuit | None] = {}

    def read(self, value: Any, path: DocumentPath, *, from_file: bool = True) -> Circuit | None:
        """Return the circuit that a value of the job file means, or None with its errors reported.

        :param from_file: whether a text may be the name of a file
        """
        if isinstance(value, Mapping):
            return self._encoded(value, path)
        if value not in self._known:
            inline = "\n" in value or value.lstrip().startswith("OPENQASM")
            if inline or not from_file:
                self._known[value] = self._openqasm(value, path, None)
            else:
                self._known[value] = self._file(value, path)
        elif self._known[value] is None:
            self._report.error(path, "the same circuit as before, which has errors")
        return self._known[value]

    def _file(self, name: str, path: DocumentPath) -> Circuit | None:
        try:
            content = read_regular(self._directory / name, LIMIT_BYTES)
        except InputError as error:
            for finding in error.findings:
                self._report.error(path, f"the circuit file {show(name)} {finding.found}", finding.allowed)
            return None
        if content.startswith(qpy.MAGIC):
            return self._qpy(content, path, f"{show(name)} is ")
        try:
            return self._openqasm(content.decode("utf-8-sig"), path, self._directory / name)
        except UnicodeDecodeError:
            self._report.error(path, f"{show(name)} is not valid UTF-8 text", "OpenQASM 3 text, or QPY")
        return None

    def _openqasm(self, text: str, path: DocumentPath, file: Path | None) -> Circuit | None:
        version = openqasm.version(text)
        if version is None or not version.startswith("3"):
            what = show(str(file)) if file else show(text)
            self._report.error(path, f"{what} {_wrong_version(version)}", _ALLOWED)
            return None
        return self._parsed(text, path, file) if self._thorough else Circuit(text)

    def _parsed(self, text: str, path: DocumentPath, file: Path | None) -> Circuit | None:
        from direct_access.jobfile import full_parse  # loads Qiskit, one second

        parsed = full_parse.parsed(text)
        if not isinstance(parsed, full_parse.CircuitFault):
            return Circuit(text, parsed=parsed)
        return Circuit(text) if self._accepted(parsed, path, file) else None

    def _accepted(self, fault: Any, path: DocumentPath, file: Path | None) -> bool:
        if fault is None:
            return True
        self._report.add(self._placed(fault, path, file))
        return bool(fault.severity != "error")

    def _placed(self, fault: Any, path: DocumentPath, file: Path | None) -> Finding:
        finding = self._report.document.finding(path, fault.found, severity=fault.severity)
        if file is not None:
            name = str(file)
            return Finding(
                name, fault.line, fault.column, finding.field, fault.found, severity=fault.severity
            )
        place = f"line {fault.line}, column {fault.column} of the circuit: " if fault.line else ""
        found = f"{place}{fault.found}"
        return self._report.document.finding(path, found, severity=fault.severity)

    def _encoded(self, value: Mapping[str, Any], path: DocumentPath) -> Circuit | None:
        try:
            content = inflated(value["__value__"])
        except ValueError as error:
            self._report.error((*path, "__value__"), str(error), "base64 of zlib of a QPY file")
            return None
        circuit = self._qpy(content, path, "")
        return None if circuit is None else Circuit(dict(value), circuit.num_qubits)

    def _qpy(self, content: bytes, path: DocumentPath, subject: str) -> Circuit | None:
        try:
            header = qpy.read_header(content)
        except ValueError as error:
            self._report.error(path, f"{subject}{error}")
            return None
        circuit = Circuit(qpy_on_the_wire(content), header.num_qubits)
        return circuit if self._is_readable(content, path) else None

    def _is_readable(self, content: bytes, path: DocumentPath) -> bool:
        if not self._thorough:
            return True
        from direct_access.jobfile import full_parse

        return self._accepted(full_parse.qpy_fault(content), path, None)


def qpy_on_the_wire(content: bytes) -> dict[str, str]:
    """Return a QPY file as the API takes it: zlib, then base64, in an envelope that names the type."""
    return {"__type__": "QuantumCircuit", "__value__": base64.b64encode(zlib.compress(content)).decode()}


def inflated(text: str) -> bytes:
    try:
        compressed = base64.b64decode(text, validate=True)
        inflater = zlib.decompressobj()
        content = inflater.decompress(compressed, LIMIT_BYTES)
    except (ValueError, zlib.error) as error:
        raise ValueError("not an encoded circuit") from error
    if not inflater.eof:
        raise ValueError("an encoded circuit that is cut off or too large")
    return content


def _wrong_version(version: str | None) -> str:
    if version is None:
        return "is not valid OpenQASM 3"
    if version.startswith("2"):
        return f"is OpenQASM {version}; convert it with qiskit.qasm3.dumps(qiskit.qasm2.load(…))"
    return f"is OpenQASM {version}"
