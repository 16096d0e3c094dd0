"""Object files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from direct_access.simulator.store.object_files import (
    Description,
    NotAnObjectFile,
    copy_content,
    new_draft,
    read_description,
)

CONTENT = b"content" * 1000
DESCRIPTION = Description(
    len(CONTENT), "etag", 1.5, {"content-type": "text/x", "x-amz-meta-é": "ü"}, {"crc32": "x"}
)


@pytest.fixture
def object_file(tmp_path: Path) -> Path:
    """A finished object file with CONTENT and DESCRIPTION."""
    with new_draft(tmp_path) as draft:
        draft.file.write(CONTENT)
        draft.finish(DESCRIPTION)
        return draft.path.rename(tmp_path / "object")


def test_the_description_is_read_behind_the_content(object_file: Path) -> None:
    with object_file.open("rb") as file:
        assert read_description(file) == DESCRIPTION
        assert file.read(len(CONTENT)) == CONTENT


def test_a_draft_that_nobody_renames_vanishes(tmp_path: Path) -> None:
    with new_draft(tmp_path) as draft:
        draft.file.write(CONTENT)
    assert list(tmp_path.iterdir()) == []


def test_a_file_cut_short_anywhere_is_no_object(object_file: Path, tmp_path: Path) -> None:
    whole = object_file.read_bytes()
    cut = tmp_path / "cut"
    for length in [0, 1, len(CONTENT), *range(len(CONTENT) + 1, len(whole))]:
        cut.write_bytes(whole[:length])
        with cut.open("rb") as file, pytest.raises(NotAnObjectFile):
            read_description(file)


@given(st.binary(max_size=64))
def test_a_file_of_somebody_else_is_no_object(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    foreign = tmp_path_factory.getbasetemp() / "foreign"
    foreign.write_bytes(content)
    with foreign.open("rb") as file, pytest.raises(NotAnObjectFile):
        read_description(file)


def test_only_the_content_is_copied(object_file: Path, tmp_path: Path) -> None:
    with object_file.open("rb") as source, (tmp_path / "copy").open("wb") as target:
        copy_content(source, target, len(CONTENT))
        copy_content(source, target, 7)
    assert (tmp_path / "copy").read_bytes() == CONTENT + CONTENT[:7]


def test_a_source_that_is_too_short_is_noticed(object_file: Path, tmp_path: Path) -> None:
    with (
        object_file.open("rb") as source,
        (tmp_path / "copy").open("wb") as target,
        pytest.raises(NotAnObjectFile),
    ):
        copy_content(source, target, 1 << 20)
