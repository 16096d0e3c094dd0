"""The params document: read, checked against the schema of its program."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from direct_access.simulator.execution.reasons import InvalidInput, UnknownProgram

PROGRAMS = ("sampler", "estimator")
SHOWN_VALUE_CHARS = 60


def read_params(path: Path, program_id: str) -> dict[str, Any]:
    """Return the params document of a program.

    :raises UnknownProgram: if there is no such program
    :raises InvalidInput: if it is not valid JSON, or not what the program takes
    """
    if program_id not in PROGRAMS:
        raise UnknownProgram(f"there is no program {program_id!r}")
    try:
        document = json.loads(path.read_bytes(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"the params document is not JSON: {error}") from error
    check_params(document, program_id)
    return dict(document)


def check_params(document: Any, program_id: str) -> None:
    """Hold params against the schema of a program that there is.

    :raises InvalidInput: if they are not what the program takes
    """
    if fault := best_match(_validator(program_id).iter_errors(document)):
        where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault.absolute_path)
        raise InvalidInput(f"params{where}: {_shortened(fault.message)}")


@cache
def schema(program_id: str) -> dict[str, Any]:
    """Return the JSON Schema of the params of a program that there is."""
    document: dict[str, Any] = json.loads(Path(__file__).with_name(f"{program_id}.schema.json").read_bytes())
    return document


@cache
def _validator(program_id: str) -> Draft202012Validator:
    return Draft202012Validator(schema(program_id))


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _shortened(message: str) -> str:
    if len(message) <= 4 * SHOWN_VALUE_CHARS:
        return message
    return f"{message[:SHOWN_VALUE_CHARS]} … {message[-2 * SHOWN_VALUE_CHARS :]}"
