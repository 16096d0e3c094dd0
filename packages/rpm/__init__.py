"""The .rpm packages, made by rpmbuild(8)."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from packages import plugin, tree
from packages.project import SUMMARY, VERSION, run

_HERE = Path(__file__).parent
_PLUGINS = Path("/usr/lib64/slurm")
_MANUAL = tuple(f"usr/share/man/man{section}" for section in (1, 5, 8))
_OF_EVERY_SYSTEM = frozenset(
    ("etc", "opt", "usr", "usr/bin", "usr/lib", "usr/lib64", "usr/share", "usr/share/man", *_MANUAL)
)
_MACROS = {
    "use_source_date_epoch_as_buildtime": "1",
    "clamp_mtime_to_source_date_epoch": "1",
    "_buildhost": "reproducible",
    "_binary_payload": "w6.gzdio",  # what rpm of EL 8 reads too
    "__os_install_post": "%{nil}",  # no compiling, stripping or rewriting of #! lines
    "debug_package": "%{nil}",
    "_build_id_links": "none",
}


def build(directory: Path, files: Path) -> list[Path]:
    """Pack the tree of :mod:`packages.tree`, and the plugin where Slurm's headers are; return the paths."""
    built = [_command(files, directory)]
    return [*built, _plugin(directory)] if plugin.slurm_version() else built


def _command(files: Path, directory: Path) -> Path:
    return _packed(files, directory, "direct-access", {"SUMMARY": SUMMARY})


def _plugin(directory: Path) -> Path:
    with tempfile.TemporaryDirectory() as temporary:
        files = Path(temporary, "files")
        plugin.make(files, _PLUGINS)
        return _packed(files, directory, "direct-access-slurm-plugin", {"SLURM": plugin.slurm_version()})


def _packed(files: Path, directory: Path, name: str, values: Mapping[str, str]) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        (work / "files").symlink_to(files)
        (work / "files.list").write_text("\n".join(_listed(files)) + "\n", encoding="utf-8")
        text = (_HERE / f"{name}.spec").read_text(encoding="utf-8")
        for word, value in {**values, "VERSION": VERSION, "FILES": str(work / "files")}.items():
            text = text.replace(f"@{word}@", value)
        spec = work / f"{name}.spec"
        spec.write_text(text, encoding="utf-8")
        macros = {**_MACROS, "_topdir": str(work / "top"), "_rpmdir": str(work / "built")}
        defined = [word for macro, value in macros.items() for word in ("--define", f"{macro} {value}")]
        run(["rpmbuild", "-bb", *defined, spec])
        (built,) = work.glob("built/*/*.rpm")
        return Path(shutil.copyfile(built, directory / built.name))


def _listed(files: Path) -> Iterator[str]:
    """Yield the lines of ``%files``; a directory may belong to several packages (Fedora's guidelines)."""
    yield "%defattr(-,root,root,-)"
    for path in sorted(files.rglob("*")):
        inside = path.relative_to(files)
        mark = "%config(noreplace) " if str(inside) in tree.CONFFILES else ""
        if path.is_symlink() or path.is_file():
            yield f'{mark}"/{inside}"'
        elif str(inside) not in _OF_EVERY_SYSTEM:
            yield f'%dir "/{inside}"'
