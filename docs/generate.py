"""Write the pages that are made from code: configuration, exit status, job file. ``make docs`` runs this."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from direct_access.cli.exit_status import TABLE
from direct_access.config.reference import markdown as configuration_page
from direct_access.health.metrics import METRICS, PREFIX
from direct_access.jobfile import schema
from direct_access.migration.guide import ROWS
from direct_access.retry import policies
from direct_access.retry.policy import RetryPolicy
from direct_access.retry.repeat import JITTER, TELL_AGAIN_SECS

HERE = Path(__file__).parent
OPENAPI = HERE.parent / "direct_access" / "simulator" / "openapi.json"
RUNTIME_OPENAPI = OPENAPI.parent / "qiskit_runtime" / "openapi.json"
ALERTS = HERE.parent / "etc" / "prometheus" / "direct-access.rules.yml"
LAYERS_BEGIN = "<!-- layers: made by `make docs` -->"
LAYERS_END = "<!-- end of layers -->"
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
        "that the job Completed); every other command exits 0 when it could answer. `health` and `doctor`\n"
        "exit with the status of the first cause that they find; `health --format nagios` exits with 0, 1,\n"
        "2 or 3, `health --format nhc` with 0, or 1 as `--fail-on` says ([more](health.md)). The kind is\n"
        "the `kind` of the JSON object that `--format json` prints on standard error when a command\n"
        "fails.\n\n"
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
        for policy in policies.ALL
    )
    return (
        f"{NOTE}# What is tried again\n\n"
        "Delays double from the first to the longest, where nothing else is said, and vary by "
        f"±{JITTER:.0%};\na longer `Retry-After` counts instead, up to a minute, with overloaded servers "
        "five. What waits\nfor a server also ends, with one more attempt, at the run's deadline "
        "(`wait_deadline_secs`;\n"
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


def slurm_life_cycle_page() -> str:
    """Return what becomes of a quantum job, made from the table that a test plays on a cluster."""
    sys.path.insert(0, str(HERE.parent))
    from tests.slurm.life_cycle.page import page

    return NOTE + page()


def metrics_page() -> str:
    """Return what is told to Prometheus, and what alerts make of it."""
    metrics = "\n".join(
        f"| `{PREFIX}{row.name}` | {row.kind} | {_names('system', *row.labels)} | {row.unit} "
        f"| {row.help}{' Exporter only.' if row.origin == 'exporter' else ''} |"
        for row in METRICS
    )
    groups = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
    alerts = "\n".join(
        f"| `{rule['alert']}` | {rule['labels']['severity']} | {rule['for']} | `{_in_cell(rule['expr'])}` |"
        for group in groups
        for rule in group["rules"]
    )
    return METRICS_PAGE.format(note=NOTE, metrics=metrics, alerts=alerts)


def _names(*names: str) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _in_cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


METRICS_PAGE = """\
{note}# Metrics

One node of a site, an admin node, tells Prometheus how the quantum system is. Either way makes the checks
of `direct-access health`, and its name for the system is in the label `system`.

**The exporter** makes them every 60 s (`--interval`) and answers scrapes, on loopback unless told
otherwise:

```sh
direct-access exporter --listen 127.0.0.1:9744
```

[`scrape.yml`](../etc/prometheus/scrape.yml) is what Prometheus needs to know of it. A scrape makes no check
and no request; how old all of it is, `direct_access_last_check_timestamp_seconds` tells. Where a check
fails or does not end, its metrics are missing and the others stay. The configuration is read anew for each
pass, so that rotated keys and changed bounds need no restart. It ends with status 0 on TERM, INT and HUP,
and tells systemd that it is ready and alive (`Type=notify`, `WatchdogSec`). It speaks HTTP without TLS or
passwords: where Prometheus is on another node, name an address that only your monitoring reaches, or put a
proxy before it. On loopback it answers to addresses, `localhost` and the node's own name, and never to a web
page. What it serves names servers, backends and paths of the configuration, no secret and no
job.

[`direct-access-exporter.service`](../etc/systemd/direct-access-exporter.service) runs it under systemd, as a
user of no account and with no more rights than that needs; `systemctl edit` gives it the group that may
read the secrets of the site's configuration.

**Without a process of its own**, for the textfile collector of node_exporter, from a timer or cron:

```sh
direct-access health --format prometheus --output /var/lib/prometheus/node-exporter/direct_access.prom
```

## Metrics

All values are of the last pass. Jobs, and so lanes, are those of the account of the API key: others' the
API does not show.

| name | type | labels | unit | meaning |
|---|---|---|---|---|
{metrics}

The number of series is bounded by the configuration: checks, servers, backends, statuses.
The exporter also has the `process_*` metrics of every
Prometheus client. `health` and the exporter send each request once: what a run would repeat counts as
failed here.

## Alerts

[`direct-access.rules.yml`](../etc/prometheus/direct-access.rules.yml), for `rule_files` of Prometheus. From
when on a certificate, a clock or a disk is bad is a [setting](configuration.md#health-checks); here is how
long it may be.

| alert | severity | for | when |
|---|---|---|---|
{alerts}

## Board

[`direct-access.json`](../etc/grafana/direct-access.json), for Grafana 9 or newer: Dashboards, New, Import.
It asks for the data source, and shows one system and all or some of its backends.
"""


def migration_page() -> str:
    """Return what became of each endpoint of the classic API."""
    rows = "\n".join(
        f"| {', '.join(row.methods)} | `{row.classic}` | "
        f"{f'`{row.replacement}`' if row.replacement else 'none'} "
        f"| {'yes' if row.certain and row.replacement else 'no'} | {f'`{row.guide}`' if row.guide else ''} | "
        f"{row.note} |"
        for row in ROWS
    )
    return (
        f"{NOTE}# From the classic Qiskit Runtime REST API\n\n"
        "```sh\ndirect-access migrate run.sh analysis.ipynb job.yaml          # tells, changes nothing\n"
        "direct-access migrate --write run.sh analysis.ipynb job.yaml  # changes what is certain\n```\n\n"
        "Each finding has its file, line and column (in a notebook: cell, line and column), what replaces\n"
        "it, and a note where more than the spelling changed. Hosts, paths, headers and fields are looked\n"
        "for; outputs of notebooks are left alone. `check` marks what only a person can decide: it is told\n"
        "and never written. A path behind a name that the file does not define is told only.\n\n"
        "The table is that of IBM's migration guide. Where the guide differs from the OpenAPI description\n"
        "of the service, the description counts, and the guide's spelling is found in scripts too. Besides:\n"
        "the retired hosts, `max_session_ttl`, `hub`, `group`, `project`, `provider`, an instance named\n"
        '`hub/group/project`, `X-Access-Token`, `channel="ibm_quantum"`, the misspelt\n'
        "`x-www-form-urlendcoded`, `'-H name: value'` quoted with its option, and requests that name\n"
        "neither `Service-CRN` nor `IBM-API-Version`.\n\n"
        "| method | classic | present | written | in the guide | note |\n|---|---|---|---|---|---|\n"
        f"{rows}\n"
    )


def health_page() -> str:
    """Return what the checks are and which bad days they name, made from the tests that play these."""
    sys.path.insert(0, str(HERE.parent))
    from tests.health.page import page

    return NOTE + page()


def architecture_page() -> str:
    """Return the page on the architecture, with the layers that its test holds."""
    sys.path.insert(0, str(HERE.parent))
    from tests.architecture.layers import picture

    page = (HERE / "architecture.md").read_text(encoding="utf-8")
    before, begin, rest = page.partition(LAYERS_BEGIN)
    _, end, after = rest.partition(LAYERS_END)
    return f"{before}{begin}\n{picture()}\n{end}{after}"


PAGES = {
    "architecture.md": architecture_page,
    "configuration.md": lambda: NOTE + configuration_page(),
    "exit-status.md": exit_status_page,
    "health.md": health_page,
    "job-file.md": job_file_page,
    "metrics.md": metrics_page,
    "reliability.md": reliability_page,
    "migration.md": migration_page,
    "openapi.json": OPENAPI.read_text,
    "openapi-qiskit-runtime.json": RUNTIME_OPENAPI.read_text,
    "retries.md": retries_page,
    "slurm-life-cycle.md": slurm_life_cycle_page,
}


def main() -> int:
    """Write every page."""
    for name, page in PAGES.items():
        (HERE / name).write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
