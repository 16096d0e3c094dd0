"""The .deb packages: deb(5), deb-control(5), made by dpkg-deb(1)."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from packages import plugin, tree
from packages.project import SUMMARY, VERSION, normalise, run

_HERE = Path(__file__).parent
_SCRIPTS = ("postinst", "prerm", "postrm", "triggers")


def build(directory: Path, files: Path) -> list[Path]:
    """Pack the tree of :mod:`packages.tree`, and the plugin where Slurm's headers are; return the paths."""
    built = [_command(files, directory)]
    return [*built, _plugin(directory)] if plugin.slurm_version() else built


def _command(files: Path, directory: Path) -> Path:
    conffiles = "".join(f"/{name}\n" for name in tree.CONFFILES)
    _describe(files, "control", {"VERSION": VERSION, "SUMMARY": SUMMARY}, _SCRIPTS, conffiles)
    return _packed(files, directory / f"direct-access_{VERSION}_all.deb")


def _plugin(directory: Path) -> Path:
    slurm, architecture = plugin.slurm_version(), run(["dpkg", "--print-architecture"]).strip()
    with tempfile.TemporaryDirectory() as temporary:
        files = Path(temporary)
        plugin.make(files, plugin.directory_of_debian())
        values = {"VERSION": VERSION, "SLURM": slurm, "ARCHITECTURE": architecture}
        _describe(files, "control.plugin", values)
        name = f"direct-access-slurm-plugin_{VERSION}+slurm{slurm}_{architecture}.deb"
        return _packed(files, directory / name)


def _describe(
    files: Path, template: str, values: Mapping[str, str], scripts: Sequence[str] = (), conffiles: str = ""
) -> None:
    """Write what dpkg reads of a package."""
    installed = sorted(path for path in files.rglob("*") if path.is_file() and not path.is_symlink())
    size_kib = sum(-(-path.stat().st_size // 1024) for path in installed)
    sums = [f"{_md5(path)}  {path.relative_to(files)}\n" for path in installed]
    control = (_HERE / template).read_text(encoding="utf-8")
    for name, value in {**values, "SIZE": str(size_kib)}.items():
        control = control.replace(f"@{name}@", value)
    about = files / "DEBIAN"
    about.mkdir()
    (about / "control").write_text(control, encoding="utf-8")
    (about / "md5sums").write_text("".join(sums), encoding="utf-8")
    for name in scripts:
        (about / name).write_bytes((_HERE / name).read_bytes())
    if conffiles:
        (about / "conffiles").write_text(conffiles, encoding="utf-8")
    normalise(files)


def _md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


def _packed(files: Path, package: Path) -> Path:
    package.parent.mkdir(parents=True, exist_ok=True)
    run(["dpkg-deb", "--root-owner-group", "--threads-max=1", "-Zxz", "-z3", "--build", files, package])
    shutil.rmtree(files / "DEBIAN")
    return package
