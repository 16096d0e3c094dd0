"""``python -m packages.lock``: choose what the packages bring along anew, with a network.

The latest versions that ``install_requires`` allows go into ``requirements.txt``, with the digests of their
wheels for every Python and machine, and into ``sources.txt`` what has no wheels.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from configparser import ConfigParser
from pathlib import Path

from packages.project import ROOT, run

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
SOURCES = Path(__file__).with_name("sources.txt")
ONLY_AS_SOURCES = ("ibm-cos-sdk", "ibm-cos-sdk-core", "ibm-cos-sdk-s3transfer")
"""What has no wheels on PyPI; ``fetch.sh`` makes them."""

_FETCH = Path(__file__).with_name("fetch.sh")
_HEAD = "# What the packages bring along. Made by `python -m packages.lock`.\n"


def required() -> list[str]:
    """Return what the command needs, as ``setup.cfg`` says it."""
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    return setup["options"]["install_requires"].split()


def main() -> int:
    """Write the files."""
    chosen = _choose(required())
    sources = [requirement for requirement in chosen if requirement.partition("==")[0] in ONLY_AS_SOURCES]
    wheels = [requirement for requirement in chosen if requirement not in sources]
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        (place / REQUIREMENTS.name).write_text("\n".join(wheels) + "\n", encoding="utf-8")
        (place / SOURCES.name).write_text("\n".join(sources) + "\n", encoding="utf-8")
        run(["sh", _FETCH, sys.executable, place, place])
        download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
        run([*download, "--dest", place, "--requirement", place / SOURCES.name])
        _write(REQUIREMENTS, wheels, sorted(place.glob("*.whl")))
        _write(SOURCES, sources, sorted(place.glob("*.tar.gz")))
    return 0


def _choose(requirements: list[str]) -> list[str]:
    """Let pip resolve what is needed, indirectly too."""
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    report = run([*install, "--dry-run", "--ignore-installed", "--report", "-", *requirements])
    found = [entry["metadata"] for entry in json.loads(report)["install"]]
    return sorted((f"{package['name']}=={package['version']}" for package in found), key=str.lower)


def _write(path: Path, requirements: list[str], files: list[Path]) -> None:
    lines = [_line(requirement, files) for requirement in requirements]
    path.write_text(_HEAD + "".join(lines), encoding="utf-8")


def _line(requirement: str, files: list[Path]) -> str:
    name, version = requirement.lower().replace("-", "_").split("==")
    digests = [
        hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
        if file.name.lower().replace("-", "_").startswith((f"{name}_{version}_", f"{name}_{version}.tar"))
    ]
    return requirement + "".join(f" \\\n    --hash=sha256:{digest}" for digest in digests) + "\n"


if __name__ == "__main__":
    sys.exit(main())
