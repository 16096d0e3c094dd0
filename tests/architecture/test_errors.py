"""Every kind of error has one exit status, and one place makes text and status of it."""

from __future__ import annotations

import ast
from collections import Counter

from direct_access import errors
from direct_access.cli.exit_status import TABLE
from direct_access.errors import DirectAccessError

from .source import Module, modules

KINDS = {
    value.kind
    for value in vars(errors).values()
    if isinstance(value, type) and issubclass(value, DirectAccessError)
}
PRODUCT = [module for module in modules() if module.part != "simulator"]


def test_every_kind_of_error_has_exactly_one_row() -> None:
    assert Counter(kind for row in TABLE for kind in row.kinds) == Counter(KINDS)


def used_in(module: Module, names: set[str]) -> set[str]:
    nodes = (node for node in ast.walk(module.tree) if isinstance(node, (ast.Attribute, ast.Name)))
    return names & {ast.unparse(node) for node in nodes}


def test_one_module_alone_writes_to_the_standard_streams() -> None:
    streams = {"print", "sys.stdout", "sys.stderr", "click.echo", "click.secho"}
    others = [m for m in PRODUCT if m.name not in ("_console", "cli.streams")]
    assert [(module.name, used) for module in others if (used := used_in(module, streams))] == []


def test_nothing_exits_behind_the_back_of_the_table() -> None:
    exits = {"exit", "quit", "sys.exit", "os._exit", "os.abort"}
    others = [module for module in PRODUCT if module.name != "_console"]
    found = [(module.name, used) for module in others if (used := used_in(module, exits))]
    assert found == [
        ("cli.supervised", {"os._exit"})
    ]  # with a status of the table, when a signal could not end it
