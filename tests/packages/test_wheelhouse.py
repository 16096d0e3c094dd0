"""The archive of wheels on a clean Debian without a network."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from direct_access._version import __version__
from packages.lock import required
from tests.packages.conftest import SECS, one, unpack
from tests.support.clean_root import CleanRoot, clean_root

pytestmark = pytest.mark.timeout(SECS)

PARENT = "/srv/quantum"
PLACE = f"{PARENT}/direct-access"


@pytest.fixture(scope="module")
def archive(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive, unpacked."""
    directory = tmp_path_factory.mktemp("wheelhouse")
    unpack(one(built, "*-wheelhouse.tar"), directory)
    return one(directory, "*")


@pytest.fixture
def root(archive: Path) -> Iterator[CleanRoot]:
    """A Debian with the unpacked archive."""
    with clean_root() as root:
        root.copy_in(archive, "/media/archive")
        yield root


def test_it_installs_without_a_network_and_removing_the_directory_uninstalls(root: CleanRoot) -> None:
    before = root.files()
    command = f"umask 077; mkdir -m 755 {PARENT}; cd {PARENT}; sh /media/archive/install.sh direct-access"
    told = root.run(["sh", "-c", command])
    assert told.stdout == f"{PLACE}/bin/direct-access\n"
    version = root.run([f"{PLACE}/bin/direct-access", "--version"], user="nobody")
    assert version.stdout == f"direct-access, version {__version__}\n"
    root.run([f"{PLACE}/bin/python", "-c", "import yaml; assert yaml.__with_libyaml__"])
    again = root.run(["sh", "/media/archive/install.sh", PLACE], check=False)
    assert (again.returncode, again.stderr) == (73, f"{PLACE} exists already\n")
    root.run(["rm", "-r", PARENT])
    assert root.files() == before


def test_a_wheel_that_is_not_the_one_that_was_packed_is_refused(root: CleanRoot) -> None:
    (wheel,) = root.path("/media/archive/wheels").glob("click-*.whl")
    with wheel.open("ab") as file:
        file.write(b"\0")
    told = root.run(["sh", "/media/archive/install.sh", PLACE], check=False)
    assert told.returncode != 0
    assert f"{wheel.name}: FAILED" in told.stdout
    assert not root.path(PLACE).exists()


def test_an_installation_that_fails_leaves_nothing(root: CleanRoot) -> None:
    root.run(["sh", "-c", "cd /media/archive && rm wheels/click-*.whl && sed -i /click-/d SHA256SUMS"])
    told = root.run(["sh", "/media/archive/install.sh", PLACE], check=False)
    assert told.returncode != 0
    assert "click" in told.stderr
    assert not root.path(PLACE).exists()


def test_every_file_has_its_digest(archive: Path) -> None:
    lines = (archive / "SHA256SUMS").read_text().splitlines()
    digests = {name: digest for digest, name in (line.split("  ") for line in lines)}
    files = {str(path.relative_to(archive)) for path in archive.rglob("*") if path.is_file()}
    assert set(digests) == files - {"SHA256SUMS"}
    for name, digest in digests.items():
        assert hashlib.sha256((archive / name).read_bytes()).hexdigest() == digest


def test_the_bill_of_materials_is_valid_and_names_every_wheel_with_its_digest(archive: Path) -> None:
    validation = pytest.importorskip("cyclonedx.validation.json")
    schema = pytest.importorskip("cyclonedx.schema")
    text = (archive / "sbom.cdx.json").read_text(encoding="utf-8")
    assert validation.JsonStrictValidator(schema.SchemaVersion.V1_6).validate_str(text) is None
    document = json.loads(text)
    described = [document["metadata"]["component"], *document["components"]]
    digests = {component["hashes"][0]["content"] for component in described}
    wheels = list((archive / "wheels").iterdir())
    assert digests == {hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in wheels}
    assert len(described) == len(wheels)


def test_what_the_command_needs_is_in_the_list(archive: Path) -> None:
    """Else ``python -m packages.lock`` makes it anew."""
    listed = (archive / "requirements.txt").read_text().lower().replace("_", "-")
    names = {line.partition("==")[0] for line in listed.splitlines()}
    assert {requirement.partition(">=")[0].lower() for requirement in required()} < names


def test_there_are_wheels_for_every_python_and_machine(archive: Path) -> None:
    names = [path.name for path in (archive / "wheels").glob("pyyaml-*.whl")]
    for python in ("cp310", "cp311", "cp312", "cp313", "cp314"):
        for machine in ("x86_64", "aarch64"):
            assert any(python in name and machine in name for name in names)
