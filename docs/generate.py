"""Write the pages that are made from code: configuration, exit status, job file. ``make docs`` runs this."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from direct_access.cli.exit_status import TABLE
from direct_access.config.reference import markdown as configuration_page
from direct_access.jobfile import schema
from direct_access.migration.guide import ROWS
from direct_access.transport import retry_policies
from direct_access.transport.retry import JITTER, TELL_AGAIN_SECS, RetryPolicy

HERE = Path(__file__).parent
OPENAPI = HERE.parent / "direct_access" / "simulator" / "openapi.json"
NOTE = "<!-- Made from code by `make docs`; do not edit. -->\n"


def exit_status_page() -> str:
    """Return the table of exit status."""
    rows = "\n".join(
        f"| {row.status if row.status != 128 else '128+n'} | {row.meaning} | {', '.join(row.kinds) or '-'} |"
        for row in TABLE
    )
    return (
        f"{NOTE}# Exit status\n\n"
        "`run`, `wait` and `collect` exit by the job's outcome (`wait` does not fetch results: there 0 says\n"
        "that the job Completed); every other command exits 0 when it could answer. The kind is the `kind`\n"
        "of the JSON object that `--format json` prints on standard error when a command fails.\n\n"
        f"| status | meaning | kind |\n|---|---|---|\n{rows}\n"
    )


def job_file_page() -> str:
    """Return the reference of the job file's fields."""
    document = schema()
    rows = "\n".join(_rows("", document, document))
    return (
        f"{NOTE}# Job file reference\n\n"
        "Field by field; the [user guide](user-guide.md) explains. `direct-access validate --schema` prints\n"
        "the JSON Schema that editors use.\n\n"
        f"| field | type | meaning |\n|---|---|---|\n{rows}\n"
    )


def _rows(prefix: str, part: Mapping[str, Any], root: Mapping[str, Any]) -> Iterator[str]:
    for name, given in part.get("properties", {}).items():
        field = _resolved(given, root)
        text = str(given.get("description") or field.get("description", "")).replace("|", "\\|")
        yield f"| `{prefix}{name}` | {_type(field, root)} | {text} |"
        if prefix.count(".") < 2:
            yield from _rows(f"{prefix}{name}.", field, root)


def _resolved(field: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = field.get("$ref")
    return root["$defs"][reference.rpartition("/")[2]] if reference else field


def _type(field: Mapping[str, Any], root: Mapping[str, Any]) -> str:
    if "enum" in field:
        return " \\| ".join(f"`{value}`" for value in field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    branches = field.get("oneOf") or field.get("anyOf")
    if branches:
        kinds = dict.fromkeys(_type(_resolved(branch, root), root) for branch in branches)
        return " \\| ".join(kinds)
    kind = field.get("type", "any")
    return " \\| ".join(kind) if isinstance(kind, list) else str(kind)


def retries_page() -> str:
    """Return the table of what is tried again."""
    rows = "\n".join(
        f"| {policy.name} | {_statuses(policy)} | {_delays(policy)} | {_bound(policy)} | {policy.why} |"
        for policy in retry_policies.ALL
    )
    return (
        f"{NOTE}# What is tried again\n\n"
        f"Delays double from the first to the longest and vary by ±{JITTER:.0%}; a longer `Retry-After`\n"
        "counts instead. What waits for a server also ends at the run's deadline (`wait_deadline_secs`;\n"
        "inside Slurm the end of the allocation less a minute). The last four rows are short and end\n"
        "by themselves.\n\n"
        "One line says why we wait, since when and until when; another follows after "
        f"{TELL_AGAIN_SECS:.0f} s, the next\nones twice as late each time, and one when it is over.\n\n"
        f"| what | HTTP status | delays | how long | why |\n|---|---|---|---|---|\n{rows}\n"
    )


def _statuses(policy: RetryPolicy) -> str:
    statuses = sorted(str(status or "no answer") for status in policy.statuses)
    return ", ".join(statuses) or "any that may pass"


def _delays(policy: RetryPolicy) -> str:
    return f"{policy.first_secs:g} s to {policy.max_secs:g} s" if policy.first_secs else "none"


def _bound(policy: RetryPolicy) -> str:
    bounds = []
    if policy.attempts is not None:
        bounds.append(f"{policy.attempts} attempts")
    if policy.total_secs is not None:
        bounds.append(f"{policy.total_secs:g} s")
    return ", ".join(bounds) or "until the deadline"


def reliability_page() -> str:
    """Return the table of faults, made from the tests that play them."""
    sys.path.insert(0, str(HERE.parent))
    from tests.reliability.catalogue import page

    return NOTE + page()


def migration_page() -> str:
    """Return what became of each endpoint of the classic API."""
    rows = "\n".join(
        f"| {', '.join(row.methods)} | `{row.classic}` | {f'`{row.replacement}`' if row.replacement else 'none'} "
        f"| {'yes' if row.certain and row.replacement else 'no'} | {f'`{row.guide}`' if row.guide else ''} | {row.note} |"
        for row in ROWS
    )
    return (
        f"{NOTE}# From the classic Qiskit Runtime REST API\n\n"
        "```sh\ndirect-access migrate run.sh analysis.ipynb job.yaml          # tells, changes nothing\n"
        "direct-access migrate --write run.sh analysis.ipynb job.yaml  # changes what is certain\n```\n\n"
        "Each finding has its file, line and column (in a notebook: cell, line and column), what replaces it,\n"
        "and a note where more than the spelling changed. Hosts, paths, headers and fields are looked for;\n"
        "outputs of notebooks are left alone. `check` marks what only a person can decide: it is told and\n"
        "never written. A path behind a name that the file does not define is told only.\n\n"
        "The table is that of IBM's migration guide. Where the guide differs from the OpenAPI description of\n"
        "the service, the description counts, and the guide's spelling is found in scripts too. Besides:\n"
        "the retired hosts, `max_session_ttl`, `hub`, `group`, `project`, `provider`, an instance named\n"
        '`hub/group/project`, `X-Access-Token`, `channel="ibm_quantum"`, the misspelt\n'
        "`x-www-form-urlendcoded`, `'-H name: value'` quoted with its option, and requests that name neither\n"
        "`Service-CRN` nor `IBM-API-Version`.\n\n"
        "| method | classic | present | written | in the guide | note |\n|---|---|---|---|---|---|\n"
        f"{rows}\n"
    )


PAGES = {
    "configuration.md": lambda: NOTE + configuration_page(),
    "exit-status.md": exit_status_page,
    "job-file.md": job_file_page,
    "reliability.md": reliability_page,
    "migration.md": migration_page,
    "openapi.json": OPENAPI.read_text,
    "retries.md": retries_page,
}


def main() -> int:
    """Write every page."""
    for name, page in PAGES.items():
        (HERE / name).write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
