"""The fields of a job file as JSON Schema 2020-12: printed by ``--schema``, and every job file is held to it.

Limits are those of the API: body of POST /v1/jobs, and the inputs of the primitives.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from direct_access import document
from direct_access.document import Document, nearest_name
from direct_access.errors import Finding

PROGRAMS = ("sampler", "estimator")


@cache
def schema() -> dict[str, Any]:
    """Return the JSON Schema of a job file; not to be changed by the caller."""
    fields: dict[str, Any] = json.loads(Path(__file__).with_name("schema.json").read_text("utf-8"))
    return fields


def check(source: Document) -> list[Finding]:
    """Return all faults in the shape of a job file.

    Where ``program_id`` is none of those we know, the rest is held to the program that is probably meant.
    """
    findings = document.check(source, schema())
    if not isinstance(source.value, dict) or source.value.get("program_id") in PROGRAMS:
        return findings
    alternative = schema()["anyOf"][PROGRAMS.index(likely_program(source.value))]
    more = document.check(source, {**alternative, "$defs": schema()["$defs"]})
    return list(dict.fromkeys(findings + [finding for finding in more if finding.field != "program_id"]))


def likely_program(fields: dict[str, Any]) -> str:
    """Return the program of a job file; where it names none that we know, the one that is probably meant."""
    written = fields.get("program_id")
    if written in PROGRAMS:
        return str(written)
    pubs = fields.get("pubs")
    observes = isinstance(pubs, list) and any(isinstance(pub, dict) and "observables" in pub for pub in pubs)
    return nearest_name(written, PROGRAMS) or ("estimator" if observes else "sampler")
