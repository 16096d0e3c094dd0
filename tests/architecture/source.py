"""The package's own source, as the architecture tests look at it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "direct_access"


@dataclass
class Module:
    """One module of the package.

    :param name: dotted, without ``direct_access.``; ``__init__`` is the package itself
    """

    name: str
    path: Path
    tree: ast.Module

    @property
    def part(self) -> str:
        """The first part of the name: what belongs to a layer."""
        return self.name.partition(".")[0]

    @cached_property
    def imports(self) -> frozenset[str]:
        """The dotted names of everything it imports when it runs, lazily or not."""
        return frozenset(name for node in _running(self.tree) for name in _imported(node))

    @cached_property
    def own_imports(self) -> frozenset[str]:
        """The modules of this package that it imports, without ``direct_access.``."""
        own = (name for name in self.imports if name.partition(".")[0] == "direct_access")
        return frozenset(_module_of(name) for name in own) - {self.name}

    @cached_property
    def own_imports_with_types(self) -> frozenset[str]:
        """The same, with those that only a type checker follows."""
        names = (name for node in ast.walk(self.tree) for name in _imported(node))
        own = (name for name in names if name.partition(".")[0] == "direct_access")
        return frozenset(_module_of(name) for name in own) - {self.name}

    @cached_property
    def import_roots(self) -> frozenset[str]:
        """The top-level packages that it imports."""
        return frozenset(name.partition(".")[0] for name in self.imports)

    @cached_property
    def texts(self) -> list[str]:
        """Every text in it that the program may use, also as a part of a longer one; no docstrings."""
        constants = (node for node in ast.walk(self.tree) if isinstance(node, ast.Constant))
        docstrings = {id(node.value) for node in ast.walk(self.tree) if isinstance(node, ast.Expr)}
        return [
            node.value for node in constants if isinstance(node.value, str) and id(node) not in docstrings
        ]

    @cached_property
    def length(self) -> int:
        """Lines."""
        return len(self.path.read_bytes().splitlines())


@cache
def modules() -> list[Module]:
    """Return every module of the package."""
    paths = sorted(PACKAGE.rglob("*.py"))
    return [Module(_name(path.relative_to(PACKAGE)), path, ast.parse(path.read_bytes())) for path in paths]


def _name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts if len(parts) == 1 or parts[-1] != "__init__" else parts[:-1])


def _module_of(name: str) -> str:
    """Return the longest beginning of a dotted name that is a module: the rest is a name in it."""
    parts = name.split(".")[1:]
    while parts and not _is_module(PACKAGE.joinpath(*parts)):
        parts.pop()
    return ".".join(parts) or "__init__"


def _is_module(path: Path) -> bool:
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"line {node.lineno}: imports are absolute"
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """Walk a tree without what stands under ``if TYPE_CHECKING:``."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING")):
            yield from _running(child)
