"""Keys as file names."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from direct_access.simulator.store.keys import file_of_key, keys_below

ROOT = Path("/store/objects")


def fits(key: str) -> bool:
    return 1 <= len(key.encode()) <= 1024 and "\0" not in key


KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=1024).filter(fits)


@given(KEYS)
def test_a_file_lies_below_the_root_under_names_that_every_file_system_takes(key: str) -> None:
    path = file_of_key(ROOT, key)
    parts = path.relative_to(ROOT).parts
    assert parts
    assert all(1 <= len(part) <= 255 and part.isascii() for part in parts)
    assert not {".", "..", ""} & set(parts)
    assert "/" not in "".join(parts)


@given(st.lists(KEYS, unique=True, max_size=6))
def test_the_files_tell_the_keys(keys: list[str]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        for key in keys:
            path = file_of_key(Path(directory), key)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(exist_ok=False)
        assert sorted(keys_below(Path(directory))) == sorted(keys)


@given(st.sampled_from(["a", "%", "é", "=", "+"]), st.integers(1, 1024), st.integers(1, 1024))
def test_a_key_that_begins_another_has_a_file_of_its_own(character: str, short: int, long: int) -> None:
    first, second = character * short, character * long
    paths = file_of_key(ROOT, first), file_of_key(ROOT, second)
    assert (paths[0] == paths[1]) == (first == second)
    assert paths[0] not in paths[1].parents


@pytest.mark.parametrize("key", ["..", "../..", "/etc/passwd", ".", "a/../../b", "%2e%2e"])
def test_a_key_never_leaves_its_directory(key: str) -> None:
    path = file_of_key(ROOT, key)
    assert path.resolve().parent == ROOT
