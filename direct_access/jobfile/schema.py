"""The fields of a job file as JSON Schema 2020-12: printed by ``--schema``, and every job file is held to it.

Limits are those of the API: body of POST /v1/jobs, and the inputs of the primitives.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def schema() -> dict[str, Any]:
    """Return the JSON Schema of a job file; not to be changed by the caller."""
    document: dict[str, Any] = json.loads(Path(__file__).with_name("schema.json").read_text("utf-8"))
    return document
