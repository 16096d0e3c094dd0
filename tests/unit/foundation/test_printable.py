from __future__ import annotations

import unicodedata

import pytest

from direct_access.printable import blanked, plain, plain_line

CONTROLS = [chr(code) for code in (*range(32), *range(127, 160))]
DIRECTIONS = [chr(code) for code in (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))]


@pytest.mark.parametrize(
    "character",
    [*CONTROLS, *DIRECTIONS, "\u2028", "\u2029", "\ufeff", "\U000e0041"],
    ids=(lambda character: f"{ord(character):04x}"),
)
def test_no_control_character_stays_in_a_line(character: str) -> None:
    for shown in (plain_line(f"a{character}b"), blanked(f"a{character}b")):
        assert character not in shown
        assert all(unicodedata.category(one) not in ("Cc", "Cf", "Zl", "Zp") for one in shown)


def test_lines_keep_their_ends_and_tabs_and_a_line_does_not() -> None:
    assert plain("a\tb\n\x1b[2J") == "a\tb\n\\x1b[2J"
    assert plain_line("a\tb\n\u202ec") == "a\\x09b\\x0a\\u202ec"


def test_a_text_in_any_script_stays_as_it_is() -> None:
    text = "Größe: 3 µs, 量子, کوانتوم, e\u0301, \xa0"
    assert plain(text) == plain_line(text) == text


def test_a_line_is_bounded() -> None:
    assert plain_line("\x1b" * 10_000_000, 10) == ("\\x1b" * 10)[:9] + "…"
