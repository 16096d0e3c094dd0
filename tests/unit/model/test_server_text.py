from __future__ import annotations

import pytest

from direct_access.model.server_text import LONGEST_MESSAGE, one_line, page_text, page_title, unescaped
from direct_access.redact import Secret


def test_a_text_of_a_server_is_one_short_printable_line() -> None:
    shown = one_line("cannot\r\n\x1b[2Jdirect-access: finished\u202e\x9b31m " + "x" * 1000)
    assert shown is not None
    assert shown.startswith("cannot [2Jdirect-access: finished 31m xxx")
    assert shown.isprintable()
    assert len(shown) == LONGEST_MESSAGE


def test_a_secret_is_not_cut_in_two_where_a_long_text_is_cut() -> None:
    secret = Secret("swordfish-4711-and-more")
    shown = one_line(" " * ((1 << 16) - 10) + secret.reveal())
    assert shown == "…"


def test_a_page_gives_its_title_else_its_text_without_scripts() -> None:
    page = (
        "<html><head><title lang=en>Not&nbsp;found</title><script>if (a < b) {}</script></head><p>Sorry</p>"
    )
    assert page_title(page) == page_text(page) == "Not found"
    assert page_text(page.replace("title", "TITLE")) == "Not found"
    assert (
        page_text("<html><script>a < b</script><style>c</style><p>Log&amp;in</p> 1 &lt; 2") == "Log&in 1 < 2"
    )
    assert page_text("<html><p>one<script>never ends") == "one"
    assert page_title("<html><title>never ends") is None


@pytest.mark.parametrize(
    "reference", ["&#" + "9" * 5000 + ";", "&#x" + "f" * 5000, "&#xd800;", "&#0;", "&#1114112;"]
)
def test_a_character_reference_to_no_character_is_no_error(reference: str) -> None:
    assert len(unescaped(reference)) <= 1
