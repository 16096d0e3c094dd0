"""Pages of a listing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from direct_access.simulator.store.listing import list_page

KEYS = st.lists(st.text("ab/é", min_size=1, max_size=6), unique=True)
PREFIXES = st.text("ab/", max_size=3)


def pages_of(keys: list[str], prefix: str, delimiter: str, limit: int) -> tuple[list[str], list[str]]:
    """Return keys and prefixes of all pages, one behind the other."""
    found_keys: list[str] = []
    found_prefixes: list[str] = []
    after = ""
    while True:
        page = list_page(keys, prefix, delimiter, after, limit)
        assert len(page.keys) + len(page.prefixes) <= limit
        found_keys += page.keys
        found_prefixes += page.prefixes
        if page.last is None:
            return found_keys, found_prefixes
        assert page.last > after
        after = page.last


@given(KEYS, PREFIXES, st.integers(1, 5))
def test_without_delimiter_every_key_comes_once_in_the_order_of_its_bytes(
    keys: list[str], prefix: str, limit: int
) -> None:
    wanted = sorted((key for key in keys if key.startswith(prefix)), key=str.encode)
    assert pages_of(keys, prefix, "", limit) == (wanted, [])


@given(KEYS, PREFIXES, st.integers(1, 5))
def test_with_delimiter_every_key_comes_once_itself_or_in_its_group(
    keys: list[str], prefix: str, limit: int
) -> None:
    found_keys, found_prefixes = pages_of(keys, prefix, "/", limit)
    selected = {key for key in keys if key.startswith(prefix)}
    plain = {key for key in selected if "/" not in key[len(prefix) :]}
    groups = {key[: key.index("/", len(prefix)) + 1] for key in selected - plain}
    assert found_keys == sorted(plain)
    assert found_prefixes == sorted(groups)


def test_no_keys_may_be_asked_for() -> None:
    page = list_page(["a", "b"], "", "", "", 0)
    assert (page.keys, page.last) == ([], None)
