"""An archive of wheels for sites without a way out, with digests and a bill of materials."""

from __future__ import annotations

import hashlib
import shutil
import tarfile
import tempfile
from pathlib import Path

from packages import sbom
from packages.project import FILES, VERSION, WHEELS, epoch, normalise

_REQUIREMENTS = Path(__file__).with_name("requirements.txt")


def build(directory: Path, ours: Path) -> Path:
    """Build the archive of our wheel and those of others into a directory and return its path."""
    name = f"direct-access-{VERSION}-wheelhouse"
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary, name)
        wheels = place / "wheels"
        wheels.mkdir(parents=True)
        for path in [ours, *WHEELS.glob("*.whl"), *WHEELS.glob("pip/*.whl")]:
            shutil.copyfile(path, wheels / path.name)
        requirement = f"slurm-direct-access=={VERSION} --hash=sha256:{_digest(ours)}\n"
        (place / "requirements.txt").write_text(requirement + _REQUIREMENTS.read_text(encoding="utf-8"))
        shutil.copyfile(FILES / "install.sh", place / "install.sh")
        sbom.write(sbom.of_wheels(sorted(wheels.iterdir())), place / "sbom.cdx.json")
        _write_digests(place)
        normalise(place)
        directory.mkdir(parents=True, exist_ok=True)
        return _archived(place, directory / f"{name}.tar")


def _write_digests(place: Path) -> None:
    files = sorted(path for path in place.rglob("*") if path.is_file())
    lines = [f"{_digest(path)}  {path.relative_to(place)}\n" for path in files]
    (place / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _archived(place: Path, archive: Path) -> Path:
    """Write a tar file, which needs no compression: wheels are compressed."""
    with tarfile.open(archive, "w") as tar:
        for path in [place, *sorted(place.rglob("*"))]:
            member = tar.gettarinfo(path, str(path.relative_to(place.parent)))
            member.mtime, member.uid, member.gid, member.uname, member.gname = epoch(), 0, 0, "", ""
            if member.isfile():
                with path.open("rb") as file:
                    tar.addfile(member, file)
            else:
                tar.addfile(member)
    return archive
