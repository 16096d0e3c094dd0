"""Fields of a PUB's data, from either form, into registers, numbers and the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from direct_access.errors import StoreError
from direct_access.results.model import PubResult, Register, Values

_SPELLINGS = {"ensamble_standard_error": "ensemble_standard_error"}
"""A published schema has the first one (ibm-quantum-schemas)."""


def pub_result(
    fields: Mapping[str, Any], metadata: Mapping[str, Any], shape: tuple[int, ...] | None = None
) -> PubResult:
    """Return a PUB's result from its decoded fields; a field that is None is left out.

    :param shape: of the PUB's parameter values, if it is known
    :raises StoreError: if its registers do not belong together
    """
    named = {
        _SPELLINGS.get(name, name): _as_values(field) for name, field in fields.items() if field is not None
    }
    registers = {name: field for name, field in named.items() if isinstance(field, Register)}
    if len({(register.shape, register.shots) for register in registers.values()}) > 1:
        raise StoreError("the registers of a PUB have different shapes or shots")
    return PubResult(
        registers=registers,
        values={name: field for name, field in named.items() if isinstance(field, Values)},
        other={name: field for name, field in named.items() if not isinstance(field, (Register, Values))},
        metadata=metadata,
        shape=shape,
    )


def _as_values(field: Any) -> Any:
    if isinstance(field, (int, float, complex)):
        return Values((), [field])
    if isinstance(field, list) and (shape := _shape(field)) is not None:
        return Values(shape, _flat(field, len(shape)))
    return field


def _shape(field: Any) -> tuple[int, ...] | None:
    """Return the shape of nested lists of numbers, None if they are something else."""
    if isinstance(field, (int, float, complex)):
        return ()
    if not isinstance(field, list):
        return None
    shapes = {_shape(item) for item in field}
    if len(shapes) > 1 or None in shapes:
        return None
    return (len(field), *(shapes.pop() or () if shapes else ()))


def _flat(field: list[Any], dimensions: int) -> list[Any]:
    for _ in range(dimensions - 1):
        field = [item for items in field for item in items]
    return field
