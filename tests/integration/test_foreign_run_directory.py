"""A run directory in a shared place that somebody else has prepared is refused before anything is read."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from .conftest import Site

NOBODY = 65534
PRECIOUS = b"the victim's own bytes, and more of them than a record of sixteen bytes"

pytestmark = [
    pytest.mark.root,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another user"),
]


@dataclass
class Scene:
    """A scratch directory that everybody may write, and a file of the victim's outside of it."""

    site: Site
    scratch: Path
    precious: Path

    @property
    def run(self) -> Path:
        return self.scratch / "bell"

    def is_unharmed(self) -> bool:
        return self.precious.read_bytes() == PRECIOUS


@pytest.fixture
def scene(site: Site) -> Iterator[Scene]:
    scratch = Path(tempfile.mkdtemp(prefix="scratch-", dir="/var/tmp"))
    scratch.chmod(0o1777)
    precious = site.home / "precious"
    precious.write_bytes(PRECIOUS)
    yield Scene(site, scratch, precious)
    shutil.rmtree(scratch)


def give_away(path: Path) -> None:
    """Make a directory and all in it another user's."""
    for each in [path, *path.rglob("*")]:
        os.chown(each, NOBODY, NOBODY, follow_symlinks=False)


def directory_of_another(scene: Scene) -> None:
    scene.run.mkdir()
    give_away(scene.run)


def directory_everybody_may_write(scene: Scene) -> None:
    scene.run.mkdir()
    scene.run.chmod(0o777)


def link_to_a_directory_of_ours(scene: Scene) -> None:
    (scene.site.home / "elsewhere").mkdir()
    scene.run.symlink_to(scene.site.home / "elsewhere")


def holding(name: str, plant: Callable[[Path, Path], Any]) -> Callable[[Scene], None]:
    """Return what plants one thing in a directory that is the victim's own."""

    def prepare(scene: Scene) -> None:
        (scene.run / name).parent.mkdir(parents=True)
        plant(scene.run / name, scene.precious)

    return prepare


def link(path: Path, precious: Path) -> None:
    path.symlink_to(precious)


def file_of_another(path: Path, precious: Path) -> None:
    path.write_bytes(b"{}")
    give_away(path)


PREPARED = {
    "another user's directory": directory_of_another,
    "a directory that everybody may write": directory_everybody_may_write,
    "a link to a directory": link_to_a_directory_of_ours,
    **{
        f"a link as {name}": holding(name, link)
        for name in (
            *(".results.json.part", ".results.json.part-map", ".logs.txt.part", ".logs.txt.part-map"),
            *("job.json", ".owner", ".owner/asked"),
        )
    },
    "another user's partial results": holding(".results.json.part", file_of_another),
    "another user's map of partial results": holding(".results.json.part-map", file_of_another),
    "another name of a file of ours": holding(
        ".logs.txt.part", lambda path, precious: path.hardlink_to(precious)
    ),
    "a pipe as journal": holding("job.json", lambda path, _: os.mkfifo(path)),
    "a pipe as partial results": holding(".results.json.part", lambda path, _: os.mkfifo(path)),
    "a pipe as map of a log": holding(".logs.txt.part-map", lambda path, _: os.mkfifo(path)),
}


@pytest.mark.parametrize("prepare", PREPARED.values(), ids=PREPARED)
def test_a_prepared_directory_is_refused_before_anything_is_sent(
    scene: Scene, prepare: Callable[[Scene], None]
) -> None:
    prepare(scene)
    refused = scene.site.run("run", "--output-dir", scene.run, scene.site.job_file())
    assert refused.returncode == 73, refused.stderr
    assert str(scene.run) in refused.stderr
    assert scene.is_unharmed()
    assert scene.site.objects() == []


@pytest.fixture
def planted(scene: Scene) -> Scene:
    """The journal of a run of the victim's, copied into a directory that another user made."""
    site = scene.site
    kept = site.run("run", "--keep", "all", "--output-dir", scene.scratch / "mine", site.job_file())
    assert kept.returncode == 0, kept.stderr
    scene.run.mkdir()
    journal = json.loads((scene.scratch / "mine/job.json").read_bytes())
    (scene.run / "job.json").write_text(json.dumps({**journal, "step": "collect", "keep": None}))
    for name in (".results.json.part", "logs.txt", "results.json"):
        (scene.run / name).symlink_to(scene.precious)
    give_away(scene.run)
    return scene


@pytest.mark.parametrize("command", ["wait", "collect", "status", "cancel", "delete", "logs", "results"])
def test_a_planted_journal_is_used_by_no_command(planted: Scene, command: str) -> None:
    before = planted.site.objects()
    refused = planted.site.run(command, planted.run)
    assert refused.returncode == 73, refused.stderr
    assert "belongs to user 65534" in refused.stderr
    assert planted.is_unharmed()
    assert planted.site.objects() == before
    assert len(before) == 3


def test_collecting_everything_passes_over_what_is_not_ours(planted: Scene) -> None:
    before = planted.site.objects()
    shutil.copy(planted.run / "job.json", planted.scratch / "job.json")  # where everybody may put one
    done = planted.site.run("collect", "--all", planted.scratch)
    assert done.returncode == 0, done.stderr
    assert planted.site.objects() == before
    assert planted.is_unharmed()


def test_a_link_in_the_path_and_a_link_of_the_users_own_are_followed(scene: Scene) -> None:
    (scene.site.home / "scratch").symlink_to(scene.scratch)
    done = scene.site.run("run", "--output-dir", "scratch/bell", scene.site.job_file())
    assert done.returncode == 0, done.stderr
    (scene.site.home / "latest").symlink_to(scene.run)
    assert scene.site.run("status", "latest").returncode == 0


def test_a_link_that_another_user_made_is_not_followed(scene: Scene) -> None:
    done = scene.site.run("run", "--output-dir", scene.scratch / "mine", scene.site.job_file())
    assert done.returncode == 0, done.stderr
    scene.run.symlink_to(scene.scratch / "mine")
    os.chown(scene.run, NOBODY, NOBODY, follow_symlinks=False)
    assert scene.site.run("status", scene.run).returncode == 73
