from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from direct_access.auth.token import HeldToken, Token
from direct_access.auth.token_cache import FileCache, MemoryCache, TokenCache, cache_key, token_cache
from direct_access.redact import Secret

HELD = HeldToken(Token(Secret("planted-token"), 3600.0), 12.5)


def values(held: HeldToken | None) -> tuple[str, float, float] | None:
    return (held.token.value.reveal(), held.token.lifetime_secs, held.asked_at) if held else None


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    path = tmp_path / "direct-access"
    path.mkdir(mode=0o700)
    return path


@pytest.fixture
def warnings() -> list[str]:
    return []


@pytest.fixture
def cache(directory: Path, warnings: list[str]) -> FileCache:
    return FileCache(directory, "key", warnings.append)


@pytest.fixture
def file(directory: Path) -> Path:
    return directory / "key.json"


def test_an_empty_cache_has_no_token(cache: FileCache, warnings: list[str]) -> None:
    assert cache.read() is None
    assert warnings == []


@pytest.mark.parametrize("kind", ["file", "memory"])
def test_what_is_written_is_read(cache: FileCache, kind: str) -> None:
    chosen: TokenCache = cache if kind == "file" else MemoryCache()
    chosen.write(HELD)
    assert values(chosen.read()) == ("planted-token", 3600.0, 12.5)


def test_another_process_of_the_user_reads_it(cache: FileCache, directory: Path) -> None:
    cache.write(HELD)
    assert values(FileCache(directory, "key", print).read()) == values(HELD)


def test_the_file_is_for_this_user_alone_whatever_the_umask(cache: FileCache, file: Path) -> None:
    before = os.umask(0)
    try:
        cache.write(HELD)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_nothing_in_the_directory_holds_the_key(directory: Path) -> None:
    key = Secret("planted-api-key")
    cache = FileCache(directory, cache_key("https://iam.example.org", key), print)
    cache.write(HELD)
    with cache.lock():
        shown = [path.name + path.read_text(encoding="ascii") for path in directory.iterdir()]
    assert len(shown) == 2
    assert not any("planted-api-key" in text for text in shown)


def test_each_key_at_each_iam_has_its_own_name() -> None:
    names = {
        cache_key(url, Secret(key)) for url in ("https://iam.a", "https://iam.b") for key in ("k1", "k2")
    }
    assert len(names) == 4
    assert cache_key("https://iam.a/", Secret("k1")) == cache_key("https://iam.a", Secret("k1"))


def test_a_token_of_an_earlier_boot_is_not_used(cache: FileCache, file: Path) -> None:
    cache.write(HELD)
    document = json.loads(file.read_bytes())
    file.write_text(json.dumps({**document, "boot_id": "another"}), encoding="ascii")
    assert cache.read() is None


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_file_open_to_others_is_not_trusted_and_told_once(
    cache: FileCache, file: Path, warnings: list[str], mode: int
) -> None:
    cache.write(HELD)
    file.chmod(mode)
    assert (cache.read(), cache.read()) == (None, None)
    assert len(warnings) == 1
    assert "is open to others" in warnings[0]


def test_a_link_is_not_followed(cache: FileCache, file: Path, tmp_path: Path) -> None:
    cache.write(HELD)
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    assert cache.read() is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_not_trusted(cache: FileCache, file: Path, warnings: list[str]) -> None:
    cache.write(HELD)
    os.chown(file, 4321, -1)
    assert cache.read() is None
    assert "belongs to user 4321" in warnings[0]


def test_a_pipe_in_its_place_does_not_block(cache: FileCache, file: Path) -> None:
    os.mkfifo(file, 0o600)
    assert cache.read() is None


def test_a_directory_in_its_place_is_not_used(cache: FileCache, file: Path, warnings: list[str]) -> None:
    file.mkdir(mode=0o700)
    assert cache.read() is None
    assert "Is a directory" in warnings[0]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\xff", b"x" * 100_000])
def test_a_damaged_file_is_not_used_and_replaced(cache: FileCache, file: Path, content: bytes) -> None:
    file.touch(mode=0o600)
    file.write_bytes(content)
    assert cache.read() is None
    cache.write(HELD)
    assert values(cache.read()) == values(HELD)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lifetime_secs", "9" * 400),
        ("lifetime_secs", "1e400"),
        ("lifetime_secs", "{}"),
        ("asked_at", "[" * 900 + "]" * 900),
        ("asked_at", "9" * 5000),
        ("token", "5"),
        ("token", "[]"),
        ("token", '"a\\r\\nX-Header: b"'),
        ("token", '"\\ud800"'),
        ("token", '""'),
    ],
)
def test_a_field_that_no_token_has_is_not_believed(
    cache: FileCache, file: Path, name: str, value: str
) -> None:
    cache.write(HELD)
    fields = {field: json.dumps(each) for field, each in json.loads(file.read_bytes()).items()}
    fields[name] = value
    file.write_text("{" + ",".join(f'"{field}":{each}' for field, each in fields.items()) + "}")
    assert cache.read() is None


def test_a_life_that_no_token_has_is_not_believed(cache: FileCache) -> None:
    cache.write(HeldToken(Token(Secret("t"), 10**9), 0.0))
    assert cache.read() is None


@pytest.mark.parametrize("kind", ["file", "memory"])
def test_one_holds_the_lock_at_a_time(directory: Path, kind: str) -> None:
    memory = MemoryCache()

    def open_cache() -> TokenCache:
        return FileCache(directory, "key", print) if kind == "file" else memory

    with open_cache().lock() as first, open_cache().lock() as second:
        assert (first, second) == (True, False)
    with open_cache().lock() as third:
        assert third


def test_a_directory_that_vanished_is_made_again(
    cache: FileCache, directory: Path, warnings: list[str]
) -> None:
    directory.rmdir()
    with cache.lock() as locked:
        assert locked
        cache.write(HELD)
    assert values(cache.read()) == values(HELD)
    assert warnings == []


def test_a_directory_opened_to_others_meanwhile_is_not_written_to(
    cache: FileCache, directory: Path, warnings: list[str]
) -> None:
    directory.chmod(0o755)
    cache.write(HELD)
    with cache.lock() as locked:
        assert locked
    assert list(directory.iterdir()) == []
    assert len(warnings) == 1


def test_without_a_directory_to_trust_there_is_one_warning_and_no_file(
    tmp_path: Path, warnings: list[str]
) -> None:
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    (runtime / "direct-access").symlink_to(tmp_path)
    cache = token_cache("https://iam", Secret("k"), {"XDG_RUNTIME_DIR": str(runtime)}, warnings.append)
    cache.write(HELD)
    assert values(cache.read()) == values(HELD)
    assert len(warnings) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run"]


def test_a_token_is_fresh_for_four_fifths_of_its_life_and_good_until_a_minute_before_its_end() -> None:
    held = HeldToken(Token(Secret("t"), 3600.0), 100.0)
    assert [held.is_fresh(100.0 + age) for age in (0, 2879, 2880)] == [True, True, False]
    assert [held.is_good(100.0 + age) for age in (2880, 3539, 3540)] == [True, True, False]


def test_a_short_lived_token_has_a_short_margin() -> None:
    held = HeldToken(Token(Secret("t"), 10.0), 0.0)
    assert (held.is_good(9.4), held.is_good(9.5)) == (True, False)


def test_a_token_from_the_future_is_not_good() -> None:
    held = HeldToken(Token(Secret("t"), 3600.0), 100.0)
    assert not held.is_good(99.0)
    assert not held.is_fresh(99.0)
