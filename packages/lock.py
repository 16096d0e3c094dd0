"""``python -m packages.lock``: choose what the packages bring along anew, with a network.

The latest versions that ``install_requires`` allows go into ``requirements.txt``, with the digests of their
wheels for every Python and machine.
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
_FETCH = Path(__file__).with_name("fetch.sh")
_HEAD = "# What the packages bring along. Made by `python -m packages.lock`.\n"


def required() -> list[str]:
    """Return what the command needs, as ``setup.cfg`` says it."""
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    return setup["options"]["install_requires"].split()


def main() -> int:
    """Write the file."""
    chosen = _choose(required())
    with tempfile.TemporaryDirectory() as temporary:
        plain = Path(temporary, "requirements.txt")
        plain.write_text("\n".join(chosen) + "\n", encoding="utf-8")
        run(["sh", _FETCH, sys.executable, temporary, plain])
        lines = [_line(requirement, Path(temporary)) for requirement in chosen]
    REQUIREMENTS.write_text(_HEAD + "".join(lines), encoding="utf-8")
    return 0


def _choose(requirements: list[str]) -> list[str]:
    """Let pip resolve what is needed, indirectly too."""
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    report = run([*install, "--dry-run", "--ignore-installed", "--report", "-", *requirements])
    found = [entry["metadata"] for entry in json.loads(report)["install"]]
    return sorted((f"{package['name']}=={package['version']}" for package in found), key=str.lower)


def _line(requirement: str, wheels: Path) -> str:
    name, version = requirement.lower().replace("-", "_").split("==")
    digests = [
        hashlib.sha256(wheel.read_bytes()).hexdigest()
        for wheel in sorted(wheels.glob("*.whl"))
        if wheel.name.lower().replace("-", "_").startswith(f"{name}_{version}_")
    ]
    return requirement + "".join(f" \\\n    --hash=sha256:{digest}" for digest in digests) + "\n"


if __name__ == "__main__":
    sys.exit(main())
