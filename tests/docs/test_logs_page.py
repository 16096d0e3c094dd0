"""docs/logs.md names every event with its level."""

from __future__ import annotations

import re
from pathlib import Path

from direct_access.events import Event

PAGE = (Path(__file__).parents[2] / "docs/logs.md").read_text(encoding="utf-8")


def test_every_event_is_on_the_page_with_its_level() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (info|debug) \|", PAGE, re.MULTILINE)
    assert rows == [(event.title, event.level.name.lower()) for event in Event]
