"""The simulator behind ``run --simulator``."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

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
        raise not_installed(error) from error
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


def not_installed(error: ImportError) -> ConfigurationError:
    """Return the error that says how to install the simulator's libraries."""
    return ConfigurationError(
        f"the simulator is not installed: {error}",
        subject="simulator",
        advice="pip install 'slurm-direct-access[simulator]'",
    )
