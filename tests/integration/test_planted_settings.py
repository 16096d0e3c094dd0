"""Nothing that other tools keep in a home directory or in the environment is looked for in a run."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from direct_access.simulator.embedded import Simulator
from tests.support.planted import FILES, VARIABLES

from .conftest import COMMAND_SECS, Site, site_of

OF_CREDENTIALS = (
    *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"),
    *("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_BEARER_TOKEN_S3"),
    *("AWS_REGION", "AWS_S3_USE_ARN_REGION", "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT", "BOTO_CONFIG"),
    *("IBM_API_KEY_ID", "IBM_SERVICE_INSTANCE_ID", "IBM_AUTH_ENDPOINT", "IBM_CREDENTIALS_FILE"),
    *("COS_API_KEY_ID", "COS_CONFIG_FILE", "COS_CREDENTIALS_FILE"),
)
"""Variables that stand in no table of the SDKs."""


def variables_of_the_sdks() -> set[str]:
    """Return the names that the SDKs read settings from."""
    names = set(OF_CREDENTIALS) | {name for name in VARIABLES if not name.lower().endswith("_proxy")}
    for core in ("botocore", "ibm_botocore"):
        for _, environment, *_ in import_module(f"{core}.session").Session.SESSION_VARIABLES.values():
            names.update([environment] if isinstance(environment, str) else environment or ())
    return names


def give_hmac_key(site: Site) -> None:
    """Have a COS bucket used by an HMAC key instead of tokens."""
    path = Path(site.environment["DIRECT_ACCESS_CONFIG"])
    document = yaml.safe_load(path.read_text())
    secret = path.parent / "hmac"
    secret.touch(mode=0o600)
    secret.write_text(f"{site.simulator.access_key_id} {site.simulator.secret_access_key}")
    document["systems"]["simulator"]["storage"]["secret_access_key_file"] = str(secret)
    path.write_text(yaml.safe_dump(document))


@pytest.mark.parametrize("storage", ["s3_compatible", "ibmcloud_cos", "ibmcloud_cos with an HMAC key"])
def test_a_run_neither_opens_nor_searches_what_belongs_to_other_tools(
    storage: str, simulator: Simulator, tmp_path: Path
) -> None:
    site = site_of(simulator, tmp_path, storage.partition(" ")[0])
    if storage.endswith("key"):
        give_hmac_key(site)
    for name, content in FILES.items():
        (site.home / name).parent.mkdir(exist_ok=True)
        (site.home / name).write_text(content)
    elsewhere = tmp_path / "planted"
    log = tmp_path / "strace"
    ended = subprocess.run(
        [
            *("strace", "-f", "-s", "4096", "-o", str(log), "--trace=%file"),
            *(sys.executable, "-m", "direct_access", "run", str(site.job_file())),
        ],
        cwd=site.home,
        env={**site.environment, **{name: str(elsewhere / name) for name in variables_of_the_sdks()}},
        capture_output=True,
        text=True,
        timeout=COMMAND_SECS,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    looked_at = set(re.findall(r'"([^"]*)"', log.read_text(errors="replace").partition("\n")[2]))
    assert any("/boto" in path or "ibm_boto" in path for path in looked_at)
    theirs = tuple(str(site.home / name.partition("/")[0]) for name in FILES)
    assert {path for path in looked_at if path.startswith((str(elsewhere), *theirs))} == set()
