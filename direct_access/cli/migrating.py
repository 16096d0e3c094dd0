"""What ``migrate`` prints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from direct_access.cli.invocation import put_json
from direct_access.cli.streams import put, say
from direct_access.migration import Migration, Place, Remark
from direct_access.migration import migrate as migrate_file


def migrate(files: Sequence[Path], *, write: bool, output_format: str) -> None:
    """Print what each file uses of the classic API; change what is certain if asked to."""
    done = [migrate_file(path, write=write) for path in files]
    if output_format == "json":
        put_json("migration", files=[_as_json(one) for one in done])
        return
    for one in done:
        for place, remark in one.remarks:
            put(_line(one, place, remark))
    say(_summary(done, write=write))


def _line(one: Migration, place: Place, remark: Remark) -> str:
    mark = ("changed" if one.written else "certain") if _is_certain(remark) else "check"
    instead = f" -> {remark.replacement}" if remark.replacement is not None else ""
    note = f" ({remark.note})" if remark.note else ""
    at = f"{one.path}:{place}" if place.cell is None else f"{one.path}: {place}"
    return f"{at}: {mark}: {remark.found}{instead}{note}"


def _is_certain(remark: Remark) -> bool:
    return remark.certain and remark.replacement is not None


def _summary(done: Sequence[Migration], *, write: bool) -> str:
    every = [remark for one in done for _, remark in one.remarks]
    certain = sum(_is_certain(remark) for remark in every)
    if not every:
        return "direct-access: nothing of the classic API was found"
    first = f"{certain} changed" if write else f"{certain} certain (--write changes them)"
    return f"direct-access: {first}, {len(every) - certain} to check by hand"


def _as_json(one: Migration) -> dict[str, Any]:
    return {
        "path": str(one.path),
        "written": one.written,
        "remarks": [
            {
                "cell": place.cell,
                "line": place.line,
                "column": place.column,
                "found": remark.found,
                "replacement": remark.replacement,
                "note": remark.note,
                "certain": _is_certain(remark),
            }
            for place, remark in one.remarks
        ],
    }
