"""Run the steps under supervision: signals in the main thread, the work in another."""

from __future__ import annotations

from collections.abc import Callable

from direct_access import slurm_env
from direct_access.cli.talk import Talk
from direct_access.config.settings import Settings
from direct_access.runner.run import Means, Run
from direct_access.runner.session import Session
from direct_access.runner.supervision import Supervisor
from direct_access.services.protocol import JobService


def supervised(
    session: Session,
    settings: Settings,
    system: str | None,
    work: Callable[[Means], Run],
    *,
    only_looks_on: bool = False,
) -> Run:
    """Run ``work`` with the means of a session and return what it returns.

    :param only_looks_on: a signal ends the command and leaves the quantum job
    :raises DirectAccessError: how the run ended, if not well
    """
    slurm = slurm_env.read(session.environment)

    def run() -> Run:
        service = session.service(settings, system)
        try:
            return work(session.means(settings, service))
        finally:
            service.close()

    def open_for_ending() -> JobService:
        return session.service_for_ending(settings, system)

    try:
        return Supervisor(run, session.control, session.reporter, slurm, open_for_ending, only_looks_on).run()
    finally:
        if isinstance(session.reporter, Talk):
            session.reporter.end()
