"""Records of one kind as a table, JSON or CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

from direct_access.cli.invocation import put_json
from direct_access.cli.streams import put
from direct_access.cli.tables import table
from direct_access.printable import plain, plain_line

records_format_option = click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    show_default=True,
    help="How to print data; JSON is versioned. Errors are text unless it is json.",
)


def put_records(
    schema: str, name: str, records: Iterable[Mapping[str, Any]], columns: Sequence[str], output_format: str
) -> None:
    """Print records: JSON with all their fields, a table or CSV with the columns named.

    :param name: of the list in the JSON document
    """
    found = list(records)
    if output_format == "json":
        put_json(schema, **{name: found})
    elif output_format == "csv":
        put(plain(_csv(columns, found)))
    else:
        header = [column.replace("_", " ").upper() for column in columns]
        put(table(header, [[_cell(record.get(column)) for column in columns] for record in found]))


def put_record(schema: str, record: Mapping[str, Any], output_format: str) -> None:
    """Print one record: JSON, CSV with a header, or a line for each field that has a value."""
    if output_format == "json":
        put_json(schema, **record)
    elif output_format == "csv":
        put(plain(_csv(list(record), [record])))
    else:
        lines = [(f"{name.replace('_', ' ')}:", _cell(value)) for name, value in record.items()]
        width = max(len(name) for name, _ in lines) + 2
        put(
            "\n".join(f"{name:{width}}{plain_line(str(value))}" for name, value in lines if value is not None)
        )


def _csv(columns: Sequence[str], records: Iterable[Mapping[str, Any]]) -> str:
    """Return CSV as RFC 4180 has it, but with the line ends of this system; no value is an empty field."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(record.get(column), none="") for column in columns] for record in records)
    return text.getvalue().rstrip("\n")


def _cell(value: object, none: str | None = None) -> object:
    if value is None:
        return none
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, (list, tuple)):
        return ",".join(str(one) for one in value)
    return value
