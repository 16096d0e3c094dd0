from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from direct_access import events
from direct_access.events import Event, EventLevel, Text, Url
from direct_access.redact import HIDDEN, Secret

VALUE = "swordfish-4711"


@pytest.fixture(autouse=True)
def nobody_listens() -> Iterator[None]:
    yield
    events.listen(None, EventLevel.NONE)


def told(level: EventLevel, event: Event, url: Url | None = None, **fields: Any) -> list[str]:
    """Return the lines that a listener gets, without the time."""
    lines: list[str] = []
    events.listen(lines.append, level)
    events.tell(event, url, **fields)
    assert all(re.match(r"time=\d{4}-\d\d-\d\dT[\d:.]{15}Z ", line) for line in lines)
    return [line.partition(" ")[2] for line in lines]


def test_an_event_is_a_line_of_fields() -> None:
    assert told(EventLevel.INFO, Event.HTTP, method=Text("GET"), status=200, ms=1.25, retried=False) == [
        "level=info event=http method=GET status=200 ms=1.25 retried=false"
    ]


def test_what_is_not_known_is_left_out() -> None:
    assert told(EventLevel.INFO, Event.HTTP, status=None) == ["level=info event=http"]


@pytest.mark.parametrize("event", Event)
def test_an_event_is_told_from_its_level_on(event: Event) -> None:
    assert [bool(told(level, event)) for level in EventLevel] == [
        level >= event.level for level in EventLevel
    ]


def test_without_a_listener_no_event_is_wanted() -> None:
    assert not any(events.wanted(event) for event in Event)


def test_texts_with_blanks_and_quotes_can_be_read_back() -> None:
    (line,) = told(EventLevel.INFO, Event.ERROR, message=Text('a "b" \\ c=d'), empty=Text(""))
    assert shlex.split(line)[2:] == ['message=a "b" \\ c=d', "empty="]


@given(st.text())
def test_whatever_a_text_holds_an_event_stays_one_line(text: str) -> None:
    (line,) = told(EventLevel.INFO, Event.ERROR, message=Text(text))
    assert line.isprintable()


def test_a_url_is_host_and_path() -> None:
    (line,) = told(
        EventLevel.INFO, Event.HTTP, Url(f"https://u:{VALUE}@h:1/b/o%2F?X-Amz-Signature={VALUE}#{VALUE}")
    )
    assert line == "level=info event=http host=h:1 path=/b/o%2F"


@pytest.mark.parametrize(
    "value", [VALUE, Secret(VALUE), VALUE.encode(), [VALUE], {"key": VALUE}, ValueError(VALUE), object()]
)
def test_a_value_of_any_other_type_is_not_written(value: object) -> None:
    assert told(EventLevel.INFO, Event.ERROR, value=value) == [f"level=info event=error value={HIDDEN}"]


class Loud(int):
    def __str__(self) -> str:
        return VALUE

    __repr__ = __format__ = __str__  # type: ignore[assignment]


def test_a_number_cannot_say_more_than_its_value() -> None:
    assert told(EventLevel.INFO, Event.END, exit_status=Loud(3)) == ["level=info event=end exit_status=3"]


def test_a_secret_in_a_text_is_hidden() -> None:
    secret = Secret(VALUE)
    assert told(EventLevel.INFO, Event.ERROR, message=Text(f"no key {secret.reveal()}")) == [
        f'level=info event=error message="no key {HIDDEN}"'
    ]
