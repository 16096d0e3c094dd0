"""``direct-access delete``."""

from __future__ import annotations

from typing import Any

import click

from direct_access.cli.options import format_option, keep_option, service_option, settings_of, system_option


@click.command("delete")
@click.argument("run", metavar="RUN|JOB")
@system_option
@service_option
@keep_option
@format_option
def command(run: str, output_format: str, **values: Any) -> None:
    """Remove the job and its objects from the server; local files stay. The job must have ended."""
    from direct_access.cli.invocation import put_json, service_of, target_of
    from direct_access.cli.streams import put, say
    from direct_access.errors import NotFoundError
    from direct_access.runner.forgetting import forget_downloads, what_to_delete

    target = target_of(run)
    job, objects = what_to_delete(values["keep"] or "none", None)
    with service_of(settings_of(values), target.system) as service:
        try:
            handle = target.handle(service)
        except NotFoundError:
            say(f"direct-access: the system knows no job {run}; nothing to delete")
            return
        service.forget(handle, job=job, objects=objects, has_ended=target.has_ended)
    if objects and target.directory is not None:
        forget_downloads(target.directory)
    if output_format == "json":
        put_json("deleted", job_id=target.job_id, job=job, objects=objects)
    else:
        put(f"{target.job_id}: deleted")
