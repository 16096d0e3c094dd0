"""``direct-access status``."""

from __future__ import annotations

from typing import Any

import click

from direct_access.cli.options import format_option, service_option, settings_of, system_option


@click.command("status")
@click.argument("run", metavar="RUN|JOB")
@system_option
@service_option
@format_option
def command(run: str, output_format: str, **values: Any) -> None:
    """Show what the system says of the job of a run directory, or of a job id."""
    from direct_access.cli.invocation import put_json, service_of, target_of
    from direct_access.cli.job_json import job_json
    from direct_access.cli.streams import put
    from direct_access.printable import plain_line

    target = target_of(run)
    state = target.ended
    if state is None:
        with service_of(settings_of(values), target.system) as service:
            state = service.status(target.handle(service))
    if output_format == "json":
        put_json("job", **job_json(state), document=state.document)
        return
    rows = [(name.replace("_", " "), value) for name, value in job_json(state).items() if value is not None]
    put("\n".join(f"{name + ':':22}{plain_line(str(value))}" for name, value in rows))
