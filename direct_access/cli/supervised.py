"""Run the steps under supervision: signals in the main thread, the work in another."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

from direct_access.cli.exit_status import exit_status
from direct_access.cli.terminal_reporter import TerminalReporter
from direct_access.config.settings import Settings
from direct_access.runner.context import RunContext
from direct_access.runner.invocation import Invocation
from direct_access.runner.supervision import Supervisor
from direct_access.services.protocol import JobService
from direct_access.slurm import environment as slurm_env
from direct_access.slurm.end_reason import Fate
from direct_access.slurm.plugin_registry import registered

T = TypeVar("T")


def supervised(
    invocation: Invocation,
    settings: Settings,
    system: str | None,
    work: Callable[[RunContext], T],
    *,
    only_looks_on: bool = False,
) -> T:
    """Call ``work`` with what a run works with, and return what it returns.

    :param only_looks_on: a signal ends the command and leaves the quantum job
    :raises DirectAccessError: how the run ended, if not well
    """
    slurm = slurm_env.read(invocation.environment)

    def run() -> T:
        service = invocation.service(settings, system)
        try:
            context = invocation.context(settings, service)
            context.on_start = supervisor.watch
            return work(context)
        finally:
            service.close()

    def open_for_ending() -> JobService:
        return invocation.service_for_ending(settings, system)

    supervisor = Supervisor(
        run,
        invocation.control,
        invocation.reporter,
        slurm,
        open_for_ending,
        only_looks_on=only_looks_on,
        on_time_limit=Fate(settings.on_time_limit),
        abandon=lambda error: os._exit(exit_status(error)),
        bounds=invocation.bounds,
    )
    try:
        with registered(invocation.environment, slurm):
            return supervisor.run()
    finally:
        if isinstance(invocation.reporter, TerminalReporter):
            invocation.reporter.end()
