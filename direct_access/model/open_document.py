"""JSON objects whose schema is not ours to fix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


class OpenDocument(Mapping[str, Any]):
    """A JSON object as the server sent it. Its schema grows, so that nothing is dropped or refused."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = dict(document)

    def __getitem__(self, name: str) -> Any:
        return self._document[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._document)

    def __len__(self) -> int:
        return len(self._document)
