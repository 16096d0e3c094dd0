"""One reason to change per file; a function fits on a screen."""

from __future__ import annotations

import ast
import statistics

from .source import Module, modules

MOST_FILE_LINES = 400
MANY_FILE_LINES = 250
MOST_FUNCTION_LINES = 60
MANY_FUNCTION_LINES = 40

LONG_FILES = {
    "simulator.http": "one HTTP server, whose connection handling is one piece",
    "config.table": "the table of all settings: data",
}

MODULES = modules()


def functions(module: Module) -> list[tuple[str, int]]:
    """Return name and length of each function, its docstring included, its decorators not."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    found = [node for node in ast.walk(module.tree) if isinstance(node, kinds)]
    return [(f"{module.name}.{node.name}", (node.end_lineno or 0) - node.lineno + 1) for node in found]


ALL_FUNCTIONS = [function for module in MODULES for function in functions(module)]


def test_no_file_is_too_long() -> None:
    assert [module.name for module in MODULES if module.length > MOST_FILE_LINES] == []


def test_a_file_of_many_lines_has_a_reason() -> None:
    assert {module.name for module in MODULES if module.length > MANY_FILE_LINES} == LONG_FILES.keys()


def test_files_are_short_as_a_rule() -> None:
    assert statistics.median(module.length for module in MODULES) <= 100


def test_no_function_is_too_long() -> None:
    assert [found for found in ALL_FUNCTIONS if found[1] > MOST_FUNCTION_LINES] == []


def test_few_functions_are_long() -> None:
    long = [found for found in ALL_FUNCTIONS if found[1] > MANY_FUNCTION_LINES]
    assert len(long) <= len(ALL_FUNCTIONS) / 100, long


def test_functions_are_short_as_a_rule() -> None:
    assert statistics.median(lines for _, lines in ALL_FUNCTIONS) <= 12
