"""``direct-access migrate``: what files still use of the classic Qiskit Runtime REST API."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from direct_access.cli.options import format_option

if TYPE_CHECKING:
    from direct_access.migration import Migration, Remark, SourcePlace


@click.command("migrate")
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="FILE...")
@click.option("--write", is_flag=True, help="Change in the files what is certain.")
@format_option
def command(files: tuple[Path, ...], write: bool, output_format: str) -> None:
    """Find what each FILE uses of the classic Qiskit Runtime REST API, and say what replaces it.

    FILE is a script, a notebook or a job file. Nothing is changed without --write, and with it only what is
    certain; a notebook's outputs are left alone.
    """
    from direct_access.cli.invocation import put_json
    from direct_access.cli.streams import put, say
    from direct_access.migration import migrate

    done = [migrate(path, write=write) for path in files]
    if output_format == "json":
        put_json("migration", files=[_as_json(one) for one in done])
        return
    for one in done:
        for place, remark in one.remarks:
            put(_line(one, place, remark))
    say(_summary(done, write=write))


def _line(one: Migration, place: SourcePlace, remark: Remark) -> str:
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
