from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[3] / "examples/bell.yaml"


@pytest.mark.parametrize(
    "module",
    [
        "direct_access.retry.repeat",
        "direct_access.retry.policies",
        "direct_access.transport.proxy",
        "direct_access.auth.authorizer",
        "direct_access.auth.token_cache",
        "direct_access.config.load",
        "direct_access.config.secret_source",
    ],
)
def test_what_sends_no_request_loads_neither_urllib3_nor_ssl(module: str) -> None:
    script = f"import sys, {module}; print({{'urllib3', 'ssl', 'requests', 'subprocess'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_a_client_of_which_nothing_is_asked_does_not_load_requests() -> None:
    script = (
        "import sys\nfrom direct_access.config.settings import NetworkSettings\n"
        "from direct_access.transport.http import HttpClient\n"
        "HttpClient(NetworkSettings()).close(); print('requests' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize("arguments", [["validate", str(EXAMPLE)], ["config", "show"], ["--help"]])
def test_a_command_that_asks_no_server_loads_neither_requests_nor_ssl(arguments: list[str]) -> None:
    script = (
        "import sys\nfrom direct_access.cli import main\n"
        f"try: main({arguments!r})\n"
        "finally: print({'urllib3', 'ssl', 'requests', 'certifi'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "set()\n")
