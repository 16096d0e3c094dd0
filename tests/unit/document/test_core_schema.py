"""Scalars mean what the YAML 1.2 core schema says, not what YAML 1.1 said."""

from __future__ import annotations

import math

import pytest

from direct_access.document import parse
from direct_access.errors import InputError


def value_of(text: str) -> object:
    return parse(f"key: {text}\n".encode(), "job.yaml").value["key"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("-12", -12),
        ("0600", 600),
        ("0o600", 384),
        ("0x1F", 31),
        ("1e-2", 0.01),
        ("+1E3", 1000.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("NULL", None),
    ],
)
def test_a_plain_scalar_of_the_core_schema_is_what_it_looks_like(text: str, value: object) -> None:
    found = value_of(text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    "text",
    [
        "ON",
        "off",
        "yes",
        "No",
        "y",
        "1:30:00",
        "1_000",
        "0b11",
        "2026-02-15",
        "1e",
        "--1",
        ".",
        "+",
        "=",
        "nUll",
    ],
)
def test_what_only_yaml_1_1_resolves_stays_text(text: str) -> None:
    assert value_of(text) == text


@pytest.mark.parametrize("text", ["'12'", '"true"', "!!str 12", "! 12", '"~"'])
def test_a_quoted_or_tagged_text_stays_text(text: str) -> None:
    assert isinstance(value_of(text), str)


def test_nan_and_infinity_are_numbers_here() -> None:
    assert math.isnan(value_of(".nan"))  # type: ignore[arg-type]
    assert value_of("-.INF") == -math.inf


@pytest.mark.parametrize(("text", "value"), [("!!int '7'", 7), ("!!float 7", 7.0), ("!!bool 'true'", True)])
def test_a_core_tag_decides_the_type(text: str, value: object) -> None:
    found = value_of(text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    "text",
    [
        "!!int x",
        "!!bool 1",
        "!!null x",
        "!!binary eA==",
        "!!timestamp 2026-02-15",
        "!local x",
        "!!python/none x",
    ],
)
def test_any_other_tag_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        value_of(text)


@pytest.mark.parametrize("text", ["9" * 301, "0x" + "f" * 301])
def test_an_integer_that_no_json_reader_takes_is_refused(text: str) -> None:
    with pytest.raises(InputError) as refused:
        value_of(text)
    assert "301 digits" in refused.value.findings[0].found
