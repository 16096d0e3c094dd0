"""Options of the command made from the fields of a rule, so that a field can never lack its option."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import fields
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import click

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
_PARAM = re.compile(r":param (\w+): (.*?)(?=\n\s*:param|\Z)", re.DOTALL)
_ROLE = re.compile(r":\w+:`(.*?)`")


def _count(text: str) -> int | str:
    """Read a number, or ``all``, which is null in JSON."""
    return text if text == "all" else int(text)


def rule_options(rule: type) -> Callable[[Decorated], Decorated]:
    """Return a decorator that adds an option for each field of a dataclass, and ``--json`` for all at once.

    The help of an option is what the docstring of the class says of its field.
    """

    def apply(function: Decorated) -> Decorated:
        hints, helps = get_type_hints(rule), _helps(rule)
        for field in reversed(fields(rule)):
            function = _option(field.name, hints[field.name], helps.get(field.name))(function)
        whole = click.option("--json", "whole", metavar="OBJECT", help="The rule as a JSON object.")
        return whole(function)

    return apply


def rule_document(whole: str | None, options: dict[str, Any]) -> dict[str, Any]:
    """Return the rule as a JSON object: what ``--json`` says, and over it the options that were given."""
    document = {}
    if whole is not None:
        try:
            document = json.loads(whole)
        except ValueError as error:
            raise click.UsageError(f"--json: {error}") from error
        if not isinstance(document, dict):
            raise click.UsageError("--json: a JSON object is expected")
    return {**document, **{name: _value(name, value) for name, value in options.items() if _given(value)}}


def _option(name: str, hint: Any, text: str | None) -> Callable[[Any], Any]:
    kinds = {get_origin(kind) or kind for kind in get_args(hint)} if isinstance(hint, UnionType) else {hint}
    option = "--" + name.replace("_", "-")
    if name == "times":
        return click.option(option, type=_count, metavar="N|all", help=text)
    if bool in kinds:
        return click.option(f"{option}/--no-{option[2:]}", default=None, help=text)
    if get_origin(hint) is dict:
        return click.option("--header", name, metavar="NAME=VALUE", multiple=True, help=text)
    kind = float if float in kinds else int if int in kinds else str
    return click.option(option, type=kind, help=text)


def _given(value: Any) -> bool:
    return value is not None and value != ()


def _value(name: str, value: Any) -> Any:
    if name == "times" and value == "all":
        return None
    if isinstance(value, tuple):
        pairs = [text.partition("=") for text in value]
        if wrong := [key for key, equals, _ in pairs if not equals or not key]:
            raise click.UsageError(f"--header {wrong[0]}: NAME=VALUE is expected")
        return {key: content for key, _, content in pairs}
    return value


def _helps(rule: type) -> dict[str, str]:
    plain = _ROLE.sub(r"\1", rule.__doc__ or "").replace("``", "")
    return {name: " ".join(text.split()) for name, text in _PARAM.findall(plain)}
