"""The files of the .deb and the .rpm, as they lie on a system.

All is below one prefix; ``/usr`` holds links to it, ``/etc`` what administrators change.
"""

from __future__ import annotations

import gzip
import shutil
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

from packages import sbom
from packages.manual.pages import pages
from packages.project import FILES, ROOT, VERSION, WHEELS, copy_sources, date, normalise, run

PREFIX = "opt/direct-access"
SHARED = ("docs", "examples", "slurm", "spank_plugin", "CHANGELOG.md", "LICENSE", "README.md")
INSTALLED_FROM_ETC = ("logrotate.d", "modulefiles", "systemd")
"""What has a place of its own; the rest of etc/ is there to be copied."""

CONFFILES = ("etc/direct-access/config.yaml.example", "etc/logrotate.d/direct-access")
SDKS = ("botocore", "ibm_botocore")
MODELS_OF_ALL_SERVICES = (*(f"{sdk}/data/" for sdk in SDKS), "boto3/data/", "ibm_boto3/data/")
MODELS_THAT_ARE_USED = tuple(
    f"{sdk}/data/{name}" for sdk in SDKS for name in ("s3/", "_retry.json", "partitions.json", "sdk-default")
)
LEFT_OUT = (
    *(".so", ".dist-info/RECORD"),
    *("/examples-1.json", "/waiters-2.json"),
)
"""Ends of names: what is for one processor, and what no client of S3 reads."""


def make(directory: Path, wheel: Path) -> None:
    """Make the tree of our wheel and those of others."""
    prefix = directory / PREFIX
    make_library(prefix / "lib", [wheel, *_wheels_of_others()])
    _copy(FILES / "direct-access", prefix / "bin/direct-access")
    for name in ("compile", "find-python", "services"):
        _copy(FILES / name, prefix / "libexec" / name)
    share = prefix / "share"
    copy_sources(SHARED, share)
    (share / "docs/generate.py").unlink()
    for source in (ROOT / "etc").iterdir():
        if source.is_dir() and source.name not in INSTALLED_FROM_ETC:
            shutil.copytree(source, share / source.name)
    _make_manual(share / "man")
    _make_completion(share)
    _make_modulefiles(share / "modulefiles/direct-access")
    sbom.write(sbom.of_library(prefix / "lib"), share / "sbom.cdx.json")
    _make_etc(directory / "etc")
    _make_links(directory)
    normalise(directory)


def make_library(library: Path, wheels: Iterable[Path]) -> None:
    """Lay out the wheels; what a few have in C they have in Python, too."""
    library.mkdir(parents=True)
    for path in wheels:
        with zipfile.ZipFile(path) as archive:
            archive.extractall(library, [name for name in archive.namelist() if _wanted(name)])
    _copy(FILES / "__main__.py", library / "__main__.py")


def _wheels_of_others() -> list[Path]:
    """Return one wheel of each; those for one Python and machine differ in what we leave out."""
    found = {path.name.partition("-")[0]: path for path in sorted(WHEELS.glob("*.whl"))}
    if not found:
        raise SystemExit(f"no wheels in {WHEELS}: see packages/fetch.sh")
    return list(found.values())


def _wanted(name: str) -> bool:
    if name.startswith(MODELS_OF_ALL_SERVICES) and not name.startswith(MODELS_THAT_ARE_USED):
        return False
    return not name.endswith(LEFT_OUT)


def _make_manual(directory: Path) -> None:
    for name, text in pages(date()).items():
        path = directory / f"man{name[-1]}" / f"{name}.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(text.encode(), mtime=0))


def _make_completion(share: Path) -> None:
    places = {"bash": "bash-completion/completions/direct-access", "zsh": "zsh/site-functions/_direct-access"}
    for shell, place in places.items():
        path = share / place
        path.parent.mkdir(parents=True)
        path.write_text(completion(shell), encoding="utf-8")


def completion(shell: str) -> str:
    """Return the script that completes the command in a shell."""
    command = [sys.executable, "-m", "direct_access"]
    script = run(["env", f"_DIRECT_ACCESS_COMPLETE={shell}_source", *command], cwd=ROOT)
    return script.strip() + "\n"


def _make_modulefiles(directory: Path) -> None:
    directory.mkdir(parents=True)
    for source, name in {"direct-access.tcl": VERSION, "direct-access.lua": f"{VERSION}.lua"}.items():
        text = (ROOT / "etc/modulefiles" / source).read_text(encoding="utf-8")
        (directory / name).write_text(text.replace("@VERSION@", VERSION), encoding="utf-8")


def _make_etc(etc: Path) -> None:
    _copy(ROOT / "etc/config.yaml", etc / "direct-access/config.yaml.example")
    _copy(ROOT / "etc/logrotate.d/direct-access", etc / "logrotate.d/direct-access")


def _make_links(directory: Path) -> None:
    prefix = directory / PREFIX
    targets = [prefix / "bin/direct-access", *(prefix / "share/man").glob("man*/*")]
    targets += [*(prefix / "share").glob("bash-completion/*/*"), *(prefix / "share").glob("zsh/*/*")]
    for target in targets:
        _link(directory / "usr" / target.relative_to(prefix), target, directory)
    zsh_of_debian = directory / "usr/share/zsh/vendor-completions/_direct-access"
    _link(zsh_of_debian, prefix / "share/zsh/site-functions/_direct-access", directory)
    for unit in sorted((ROOT / "etc/systemd").iterdir()):
        _copy(unit, directory / "usr/lib/systemd/system" / unit.name)
    _link(directory / "usr/share/direct-access", prefix / "share", directory)


def _link(link: Path, target: Path, directory: Path) -> None:
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to("/" / target.relative_to(directory))


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
