"""``direct-access cancel``."""

from __future__ import annotations

from typing import Any

import click

from direct_access.cli.options import format_option, service_option, settings_of, system_option


@click.command("cancel")
@click.argument("run", metavar="RUN|JOB")
@system_option
@service_option
@format_option
def command(run: str, output_format: str, **values: Any) -> None:
    """Cancel the job of a run directory, or of a job id. A job that has ended stays as it is."""
    from direct_access.cli.invocation import put_json, service_of, target_of
    from direct_access.cli.streams import put

    target = target_of(run)
    cancelled = False
    if not target.has_ended:
        with service_of(settings_of(values), target.system) as service:
            cancelled = service.cancel(target.handle(service))
    if output_format == "json":
        put_json("cancelled", job_id=target.job_id, cancelled=cancelled)
    else:
        put(f"{target.job_id}: {'cancelled' if cancelled else 'had ended already'}")
