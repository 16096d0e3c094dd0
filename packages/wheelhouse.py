"""An archive of wheels for sites without a way out, with digests and a bill of materials."""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path

from packages import sbom
from packages.project import FILES, VERSION, WHEELS, epoch, normalise, run

_REQUIREMENTS = Path(__file__).with_name("requirements.txt")


def build(directory: Path, ours: Path, extras: str = "") -> Path:
    """Build the archive of our wheel and those of others into a directory and return its path.

    :param extras: extras of ``setup.cfg``, with commas; their wheels, for this Python and machine alone, are
        downloaded now
    """
    name = "-".join(["direct-access", VERSION, "wheelhouse", *filter(None, extras.split(","))])
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary, name)
        wheels = place / "wheels"
        wheels.mkdir(parents=True)
        if extras:
            _download(ours, extras, wheels)
        for path in [ours, *WHEELS.glob("*.whl"), *WHEELS.glob("pip/*.whl")]:
            shutil.copyfile(path, wheels / path.name)
        (place / "requirements.txt").write_text(_requirements(wheels, extras), encoding="utf-8")
        shutil.copyfile(FILES / "install.sh", place / "install.sh")
        sbom.write(sbom.of_wheels(sorted(wheels.iterdir())), place / "sbom.cdx.json")
        _write_digests(place)
        normalise(place)
        directory.mkdir(parents=True, exist_ok=True)
        return _archived(place, directory / f"{name}.tar")


def _download(ours: Path, extras: str, wheels: Path) -> None:
    """Download what the extras need, beside the versions that we bring along anyway."""
    constraints = wheels.with_name("constraints.txt")
    versions = re.findall(r"^\S+==\S+", _REQUIREMENTS.read_text(encoding="utf-8"), re.MULTILINE)
    constraints.write_text("\n".join(versions) + "\n", encoding="utf-8")
    download = [sys.executable, "-m", "pip", "download", "--quiet", "--only-binary", ":all:"]
    run([*download, "--constraint", constraints, "--dest", wheels, f"{ours}[{extras}]"])
    constraints.unlink()


def _requirements(wheels: Path, extras: str) -> str:
    """Return the versions of all wheels with their digests, for ``pip install --require-hashes``."""
    digests: dict[str, list[str]] = {}
    for path in sorted(wheels.glob("*.whl")):
        name, version = path.name.split("-")[:2]
        wanted = f"[{extras}]" if extras and name == "slurm_direct_access" else ""
        digests.setdefault(f"{name}{wanted}=={version}", []).append(f"--hash=sha256:{_digest(path)}")
    return "".join(f"{' '.join([name, *found])}\n" for name, found in digests.items() if name[:5] != "pip==")


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
