from __future__ import annotations

import json

import pytest

from direct_access.model.json_fields import integer, number
from direct_access.model.server_json import DEEPEST, read_json


def nested(depth: int, opening: str = "[", closing: str = "]") -> str:
    return opening * depth + closing * depth


@pytest.mark.parametrize(
    "document",
    [
        *("null", "[]", '{"a": [1, -2, 0.5, true, null, "ä\\u20ac", {}]}', '"text"', "-9223372036854775808"),
        nested(DEEPEST),
    ],
)
def test_what_is_within_bounds_is_read_as_it_is(document: str) -> None:
    assert read_json(document) == read_json(document.encode()) == json.loads(document)


@pytest.mark.parametrize(
    "number", ["9" * 5000, "-" + "9" * 5000, "9223372036854775808", "1e400", "-1e400", "NaN", "Infinity"]
)
def test_a_number_that_nothing_can_hold_is_none(number: str) -> None:
    assert read_json(f'{{"n": {number}}}') == {"n": None}


@pytest.mark.parametrize("depth", [DEEPEST + 1, 900, 100_000])
@pytest.mark.parametrize("brackets", [("[", "]"), ('{"a":', "}")])
def test_a_document_that_is_too_deep_is_refused(depth: int, brackets: tuple[str, str]) -> None:
    opening, closing = brackets
    inner = "1" if opening != "[" else ""
    with pytest.raises(ValueError, match="deep"):
        read_json(opening * depth + inner + closing * depth)


def test_every_text_can_be_encoded() -> None:
    read = read_json('{"\\udc80": "a\\ud800b", "pair": "\\ud83d\\ude00"}')
    assert read == {"\ufffd": "a\ufffdb", "pair": "\U0001f600"}


@pytest.mark.parametrize("value", ["9" * 5000, "9" * 19, "²", "-1", "", " 1", 1.0, True, None, [1]])
def test_a_field_that_is_no_usable_whole_number_is_none(value: object) -> None:
    assert integer(value) is None


@pytest.mark.parametrize(
    "value", ["1e400", "nan", "inf", "9" * 5000, 10**400, float("inf"), True, None, [1], "x"]
)
def test_a_field_that_is_no_finite_number_is_none(value: object) -> None:
    assert number(value) is None
