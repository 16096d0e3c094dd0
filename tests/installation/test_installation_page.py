"""``docs/installation.md``, followed word for word on a clean Debian, to jobs and back to nothing."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

from tests.installation.page import Step, steps
from tests.installation.site import CHECKOUT, PACKAGES, Site
from tests.packages.conftest import built as built
from tests.packages.conftest import one
from tests.slurm.test_quickstart import PRINTED_ID, commands
from tests.support.clean_root import clean_root

PAGE = CHECKOUT / "docs" / "installation.md"
API_KEY_FILE = "/etc/direct-access/api-key"
SECRET_FILE = "/etc/direct-access/s3-secret"
ENDED = "/var/spool/direct-access/ended"
HOMES = "/home/"
UP_TO_A_JOB = (
    "2. Install them",
    "3. Describe the quantum system",
    "4. Tell Slurm of it",
    "5. See that it works",
)


def sections() -> dict[str, list[Step]]:
    """Return the steps of the page by the heading they stand below."""
    return {name: list(group) for name, group in groupby(steps(PAGE.read_text()), lambda step: step.section)}


@pytest.fixture
def site(built: Path, tmp_path: Path) -> Iterator[Site]:
    """A site with a quantum system, whose administrator has the packages and this page."""
    configuration = next(
        step.text for step in steps(PAGE.read_text()) if str(step.path).endswith("config.yaml")
    )
    api_key, secret = secrets.token_hex(16), secrets.token_hex(16)
    with clean_root() as root:
        site = Site(root)
        for pattern in ("direct-access_*.deb", "direct-access-slurm-plugin_*.deb"):
            package = one(built, pattern)
            root.copy_in(package, f"{PACKAGES}/{package.name}")
        site.typed = {API_KEY_FILE: f"{api_key}\n", SECRET_FILE: f"{secret}\n"}
        with site.quantum_system(tmp_path, configuration, api_key, secret):
            site.start_slurm()
            yield site


@pytest.mark.timeout(300)
def test_the_page_leads_to_jobs_of_a_user_and_back_to_a_slurm_without_us(site: Site) -> None:
    page = sections()
    before = site.root.files()
    told = "".join(site.follow(step) for name in UP_TO_A_JOB for step in page.pop(name))
    assert "Total=5" in told
    assert "Completed" in told
    assert site.root.run(["ls", ENDED]).stdout

    assert "Permission denied" in site.root.run(["cat", API_KEY_FILE], user="bob", check=False).stderr
    assert "PUB 0" in follow_quickstart(site)

    for step in page.pop("Without the plugin"):
        site.follow(step)
    unknown = ["sbatch", "--wait", "--export=ALL,DIRECT_ACCESS_QPU=ibm_nope", "--wrap=true"]
    assert site.root.run(unknown, check=False).returncode != 0

    for step in page.pop("Uninstall"):
        site.follow(step)
    site.run_as("alice", "sbatch --wait --wrap=true")
    left = [name for name in site.root.files() - before if "direct" in name and not name.startswith(HOMES)]
    assert left == []
    assert page == {}


def follow_quickstart(site: Site) -> str:
    """Do what the page for users says; return what its last command prints."""
    job, told = PRINTED_ID, ""
    for command in commands():
        told = site.run_as("alice", command.replace(PRINTED_ID, job))
        if submitted := re.fullmatch(r"Submitted batch job (\d+)\n", told):
            job = submitted[1]
            site.wait_for_slurm()
    assert job != PRINTED_ID
    return told
