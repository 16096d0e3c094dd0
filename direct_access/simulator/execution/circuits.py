"""Circuits in the forms in which they travel: OpenQASM 3 text, and QPY in two wrappings.

QPY below version 13 is refused, as the service does; its reader also evaluates Python expressions.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
import zlib
from typing import Any

import qiskit.qasm3
from qiskit.circuit import CircuitInstruction, ControlFlowOp, Gate, Operation, QuantumCircuit, library
from qiskit.qpy import QPY_VERSION, get_qpy_version
from qiskit.qpy import load as load_qpy

from direct_access.simulator.execution.reasons import InvalidCircuit

OLDEST_QPY_VERSION = 13
MAX_QPY_BYTES = 256 << 20
MAX_REGISTER_BITS = 99_999
"""The importer makes an object for each bit of a register, and for each qubit up to the highest ``$n``."""
QPY_MAGIC = b"QISKIT"

_LIBRARY = library.get_standard_gate_name_mapping()
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_LARGE = re.compile(r"\$0*[1-9]\d{5,}|\[\s*0*[1-9][\d_]{5,}\s*\]")
_VERSION = re.compile(r"(?:\s|//[^\n]*\n|/\*.*?\*/)*OPENQASM\s+(?P<major>\d+)", re.DOTALL)


def read_circuit(value: Any) -> QuantumCircuit:
    """Return the circuit that a PUB holds.

    :param value: OpenQASM 3 text, base64 of QPY, or ``{"__type__": "QuantumCircuit", "__value__": base64}``
        of QPY compressed by zlib
    :raises InvalidCircuit: if it is none of these
    """
    if isinstance(value, dict):
        if value.get("__type__") != "QuantumCircuit" or not isinstance(value.get("__value__"), str):
            raise InvalidCircuit('a circuit that is an object has "__type__": "QuantumCircuit"')
        return _from_qpy(_decompressed(_from_base64(value["__value__"])))
    if not isinstance(value, str):
        raise InvalidCircuit("a circuit is OpenQASM 3 text or QPY")
    if (qpy := _as_base64_qpy(value)) is not None:
        return _from_qpy(qpy)
    return _from_openqasm3(value)


def _from_openqasm3(text: str) -> QuantumCircuit:
    version = _VERSION.match(text)
    if version and version["major"] != "3":
        raise InvalidCircuit(f"the program is OpenQASM {version['major']}; OpenQASM 3 is accepted")
    if large := _LARGE.search(_COMMENT.sub(" ", text)):
        raise InvalidCircuit(f"{large[0][:40]}: registers and qubits end at {MAX_REGISTER_BITS}")
    try:
        circuit = qiskit.qasm3.loads(text)
    except Exception as error:  # the importer and the parser below it raise types without a common base
        raise InvalidCircuit(f"not a valid OpenQASM 3 program: {_one_line(error)}") from error
    return _with_library_gates(circuit)


def _with_library_gates(circuit: QuantumCircuit) -> QuantumCircuit:
    """Put the library's gates in place of what the importer has made of their names."""
    for index, instruction in enumerate(circuit.data):
        replacement = _library_operation(instruction.operation)
        if replacement is not instruction.operation:
            circuit.data[index] = CircuitInstruction(replacement, instruction.qubits, instruction.clbits)
    return circuit


def _library_operation(operation: Operation) -> Operation:
    """Return the library's gate of this name, on which a machine's instruction set is defined.

    OpenQASM 3's standard gates lack some that machines have (ecr, rzz): a program defines those, and on a
    machine the name selects the calibrated gate. The importer reads ``id`` as ``U(0, 0, 0)``.
    """
    if isinstance(operation, ControlFlowOp):
        return operation.replace_blocks([_with_library_gates(block) for block in operation.blocks])
    if operation.name == "u" and list(operation.params) == [0, 0, 0]:
        return library.IGate()
    known = _LIBRARY.get(operation.name)
    if type(operation) is not Gate or known is None:
        return operation
    if (operation.num_qubits, len(operation.params)) != (known.num_qubits, len(known.params)):
        return operation
    return type(known)(*operation.params)


def _from_qpy(data: bytes) -> QuantumCircuit:
    try:
        version = get_qpy_version(io.BytesIO(data))
        if not OLDEST_QPY_VERSION <= version <= QPY_VERSION:
            raise InvalidCircuit(
                f"QPY version {version}; versions {OLDEST_QPY_VERSION} to {QPY_VERSION} are accepted"
            )
        programs = load_qpy(io.BytesIO(data))
    except InvalidCircuit:
        raise
    except Exception as error:  # a damaged file may raise anything: struct.error, KeyError, …
        raise InvalidCircuit(f"not a valid QPY file: {_one_line(error)}") from error
    if len(programs) != 1 or not isinstance(programs[0], QuantumCircuit):
        raise InvalidCircuit(f"a QPY file holds exactly one circuit here, not {len(programs)} programs")
    return programs[0]


def _as_base64_qpy(text: str) -> bytes | None:
    if not text.startswith(base64.b64encode(QPY_MAGIC).decode()):
        return None
    return _from_base64(text)


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidCircuit(f"the circuit is not valid base64: {error}") from error


def _decompressed(data: bytes) -> bytes:
    expander = zlib.decompressobj()
    try:
        expanded = expander.decompress(data, MAX_QPY_BYTES)
    except zlib.error as error:
        raise InvalidCircuit(f"the circuit is not valid zlib data: {error}") from error
    if expander.unconsumed_tail:
        raise InvalidCircuit(f"the circuit is larger than {MAX_QPY_BYTES >> 20} MiB")
    return expanded


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
