"""What a server says of a backend, where it does not say what the API describes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from direct_access.errors import ProtocolError
from direct_access.model.json_fields import integer

MOST_QUBITS = 100_000


@contextmanager
def described(configuration: Mapping[str, Any]) -> Iterator[None]:
    """Read the description of a backend.

    :raises ProtocolError: for what the block raises where a field is missing or of another type
    """
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        name = str(configuration.get("backend_name", "the backend"))
        raise ProtocolError(
            f"the server does not describe {name} as the API does: {type(error).__name__}: {error}",
            subject=name,
            advice="tell the operators of the quantum system; the circuits cannot be judged here",
        ) from error


def num_qubits(configuration: Mapping[str, Any]) -> int:
    """Return the number of qubits of a backend.

    :raises ValueError: if there is none that a backend can have
    """
    number = integer(configuration.get("n_qubits"))
    if number is None or not 1 <= number <= MOST_QUBITS:
        raise ValueError("n_qubits is missing or not a number of qubits")
    return number
