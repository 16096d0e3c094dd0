"""A name means one thing."""

from __future__ import annotations

import ast
from collections import Counter

from direct_access.cli.entry import COMMANDS

from .source import modules

PRODUCT = [module for module in modules() if module.part != "simulator"]


def test_no_two_public_classes_have_one_name() -> None:
    nodes = (node for module in PRODUCT for node in module.tree.body)
    names = Counter(node.name for node in nodes if isinstance(node, ast.ClassDef))
    assert [name for name, count in names.items() if count > 1 and not name.startswith("_")] == []


def test_a_module_of_a_command_is_named_like_the_command() -> None:
    commands = {module.name.split(".")[2] for module in PRODUCT if module.name.startswith("cli.commands.")}
    assert commands == set(COMMANDS)
