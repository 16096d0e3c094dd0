"""The simulator behind ``run --simulator`` and ``direct-access simulator``."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from direct_access.cli.streams import say
from direct_access.errors import ConfigurationError

_PROXY_VARIABLES = ("http_proxy", "https_proxy", "HTTPS_PROXY")


@contextmanager
def simulated_environment() -> Iterator[Mapping[str, str]]:
    """Yield the environment of a run whose only system is a simulator that lives as long as the block.

    :raises ConfigurationError: if the simulator's libraries are not installed
    """
    try:
        from direct_access.simulator.embedded import Simulator
    except ImportError as error:
        raise _not_installed(error) from error
    with tempfile.TemporaryDirectory(prefix="direct-access-simulator-") as name:
        directory = Path(name)
        with Simulator(directory / "state") as simulator:
            say(f"direct-access: simulated quantum system at {simulator.api_url}")
            yield _environment(simulator.write_client_configuration(directory / "client"))


def _environment(configuration: Path) -> dict[str, str]:
    """Return our environment with nothing in it that would lead away from the simulator on loopback."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("DIRECT_ACCESS_") and name not in _PROXY_VARIABLES
    }
    return {**environment, "DIRECT_ACCESS_CONFIG": str(configuration)}


def _not_installed(error: ImportError) -> ConfigurationError:
    return ConfigurationError(
        f"the simulator is not installed: {error}",
        subject="simulator",
        advice="pip install 'slurm-direct-access[simulator]'",
    )


def serve(
    directory: Path | None,
    chosen: Mapping[str, Any],
    files: Mapping[str, Path | None],
    foreign_clients: Sequence[str] = (),
) -> None:
    """Serve a simulator until TERM or INT.

    :param directory: where its state is kept; None for a temporary one
    :param chosen: settings of the simulator by their names
    :param files: ``scenario``, what goes wrong from the start; ``backends``, backends of one's own
    :param foreign_clients: clients by others, for which the shell gets lines too
    :raises ConfigurationError: if the simulator's libraries are not installed
    :raises InputError: with findings, if a file means nothing
    """
    try:
        from direct_access.simulator.serve import serve as serve_simulator
        from direct_access.simulator.settings import SimulatorSettings
    except ImportError as error:
        raise _not_installed(error) from error
    from direct_access.cli.simulator_files import reading
    from direct_access.simulator.backends.file import backends_of
    from direct_access.simulator.scenario_file import ScenarioFile

    with ExitStack() as stack:
        if directory is None:
            name = stack.enter_context(tempfile.TemporaryDirectory(prefix="direct-access-simulator-"))
            directory = Path(name)
        day = None
        if backends := files.get("backends"):
            own = backends_of(stack.enter_context(reading(backends)))
            chosen = {**chosen, "own_backends": own}
        if scenario := files.get("scenario"):
            day = ScenarioFile.from_document(stack.enter_context(reading(scenario)))
            chosen = {**chosen, **day.settings}
        serve_simulator(directory, SimulatorSettings(**chosen), day, foreign_clients)
