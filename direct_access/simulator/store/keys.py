"""Any key as a safe file name, and back.

A key is percent-encoded, so that the name holds letters, digits, ``_.-~`` and ``%`` only, and cut into pieces
a file system accepts. Every piece but the last is a directory whose name ends with ``+``, the last one is a
file whose name ends with ``=``: no key can be ``..``, leave its directory, or be a directory of another key.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote, unquote

_PIECE_CHARS = 200


def file_of_key(root: Path, key: str) -> Path:
    """Return where the object of a key (1 to 1024 bytes in UTF-8) is kept."""
    name = quote(key, safe="")
    pieces = [name[start : start + _PIECE_CHARS] for start in range(0, len(name), _PIECE_CHARS)]
    return root.joinpath(*(f"{piece}+" for piece in pieces[:-1]), f"{pieces[-1]}=")


def keys_below(root: Path) -> list[str]:
    """Return all keys that have a file, in no order."""
    return [unquote(name) for name in _names(str(root))]


def _names(directory: str) -> list[str]:
    names: list[str] = []
    with os.scandir(directory) as entries:
        for entry in entries:
            piece = entry.name[:-1]
            if entry.name.endswith("+"):
                names += (piece + rest for rest in _names(entry.path))
            elif entry.name.endswith("="):
                names.append(piece)
    return names
