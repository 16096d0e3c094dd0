"""The journal of another user's run: root reads it here, what the product refuses to do."""

from __future__ import annotations

import json
from pathlib import Path

from direct_access import journal as journals
from direct_access.journal import Journal


def load(directory: Path) -> Journal | None:
    """Return the journal of a run directory, None where there is none."""
    path = directory / journals.FILE_NAME
    return journals._from_json(json.loads(path.read_bytes())) if path.exists() else None
