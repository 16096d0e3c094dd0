"""The wheel and the sdist, equal from one build to the next."""

from __future__ import annotations

import gzip
import io
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path

from packages.project import OF_THE_WHEEL, SOURCES, copy_sources, epoch, normalise, run

_HOOKS = "import sys; from setuptools import build_meta; getattr(build_meta, sys.argv[1])(sys.argv[2])"


def wheel(directory: Path) -> Path:
    """Build the wheel into a directory and return its path."""
    return _built("build_wheel", OF_THE_WHEEL, directory)


def sdist(directory: Path) -> Path:
    """Build the sdist into a directory and return its path."""
    archive = _built("build_sdist", SOURCES, directory)
    _make_equal(archive)
    return archive


def _built(hook: str, names: Iterable[str], directory: Path) -> Path:
    """Call a hook of our build backend (PEP 517) on a copy of the sources, since it writes beside them."""
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        sources, result = Path(temporary, "sources"), Path(temporary, "result")
        result.mkdir()
        copy_sources(names, sources)
        normalise(sources)
        run([sys.executable, "-c", _HOOKS, hook, str(result)], cwd=sources)
        (built,) = result.iterdir()
        return Path(shutil.copyfile(built, directory / built.name))


def _make_equal(archive: Path) -> None:
    """Write the archive again without the time of the build and the name of the builder."""
    content = io.BytesIO()
    with tarfile.open(archive) as old, tarfile.open(fileobj=content, mode="w") as new:
        for member in sorted(old.getmembers(), key=lambda member: member.name):
            member.mtime, member.uid, member.gid, member.uname, member.gname = epoch(), 0, 0, "", ""
            member.pax_headers = {}
            new.addfile(member, old.extractfile(member) if member.isfile() else None)
    archive.write_bytes(gzip.compress(content.getvalue(), mtime=0))
