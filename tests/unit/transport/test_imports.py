from __future__ import annotations

import subprocess
import sys

import pytest


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
