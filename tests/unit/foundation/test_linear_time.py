"""What others write is searched in a time that grows with its length, and no faster."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from direct_access.events import Text
from direct_access.model.server_text import one_line, page_text, page_title
from direct_access.printable import blanked, plain, plain_line
from direct_access.redact import redact_text, without_urls
from direct_access.storage.refusals import parse_s3_error

LENGTH = 500_000
CPU_SECS = 2.0
"""A hundred times what it takes; where the time grows with the square it is some minutes."""

FILLERS = [
    *("http://", "http://a@", "http://a?", "https://@", "http:/", "a@", "?"),
    *("eyJ-", "eyJa.", "eyJa.b", "eyJ", "-eyJa-", ".eyJ"),
    *("X-Amz-", "X-Amz-a=", "X-Amz-a", "X-Amz-a=&", "-"),
    *("<title>", "<title", "<script>", "<script", "<style></script>", "<!--", "<", ">", "</"),
    *("<Error><Code>", "<Code>", "</Code>", "<Message>", "&#1;", "&#", "&#9", "9", "&amp"),
    *(" ", "\n", "\x00", "\x1b[", "\u202e", '"', "'", "a ", "ab"),
]
READERS: list[Callable[[str], object]] = [
    redact_text,
    lambda text: without_urls({"reason_message": [text]}),
    one_line,
    page_text,
    page_title,
    plain,
    plain_line,
    blanked,
    Text,
    lambda text: parse_s3_error(text.encode()),
    lambda text: parse_s3_error(b"<html>" + text.encode()),
]
NAMES = [
    *("redact_text", "without_urls", "one_line", "page_text", "page_title", "plain", "plain_line", "blanked"),
    *("event", "store", "store_page"),
]


@pytest.mark.parametrize("read", READERS, ids=NAMES)
def test_no_text_takes_longer_than_its_length_explains(read: Callable[[str], object]) -> None:
    for filler in FILLERS:
        text = filler * (LENGTH // len(filler))
        began = time.thread_time()
        read(text)
        assert time.thread_time() - began < CPU_SECS, filler
