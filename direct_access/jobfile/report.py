"""The findings about one job file, gathered by everything that checks a part of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from direct_access.document import Document, Path, field_name
from direct_access.errors import Finding


class JobFileReport:
    """Findings about a document, and which of its parts have none yet."""

    def __init__(self, document: Document, findings: Iterable[Finding] = ()) -> None:
        self.document = document
        self.findings: list[Finding] = []
        self._faulty: set[str] = set()
        for finding in findings:
            self.add(finding)

    def add(self, finding: Finding) -> None:
        self.findings.append(finding)
        if finding.severity == "error":
            self._faulty.update(_and_ancestors(finding.field))

    def error(self, path: Path, found: str, allowed: str = "", nearest: str | None = None) -> None:
        self.add(self.document.finding(path, found, allowed, nearest))

    def warning(self, path: Path, found: str, *, at_key: bool = False) -> None:
        self.add(self.document.finding(path, found, severity="warning", at_key=at_key))

    def is_clean(self, path: Path) -> bool:
        """Whether no error has been found in this part, so that it can be checked further."""
        return field_name(path) not in self._faulty

    def clean(self, name: str) -> Any:
        """Return a field of the job file, or None if it is not there or has an error."""
        return self.document.value.get(name) if self.is_clean((name,)) else None

    @property
    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity == "error"]

    @property
    def warnings(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity != "error"]


def _and_ancestors(field: str) -> Iterator[str]:
    yield field
    yield from (field[:position] for position, character in enumerate(field) if character in ".[")
