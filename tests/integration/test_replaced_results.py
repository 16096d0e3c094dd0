"""Results that are changed, or cut without a trace, on their way to us are never accepted as verified."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.between import Answer, Between, Exchange, lead_through, standing_between

from .conftest import Site

SIZE = 300_000


def document(letter: str) -> bytes:
    """Return results in which an object ends after every few bytes."""
    samples = [{"samples": [letter]}] * (SIZE // 20)
    return json.dumps({"results": samples}).encode()


def large() -> bytes:
    """Return results that are longer than what is parsed."""
    return json.dumps({"results": [{"samples": ["a"]}] * 100_000}).encode()


OLD, NEW = document("a"), document("b")


def collect(site: Site, play: Callable[[Exchange], Answer | None], tells_length: bool = True) -> int:
    """Run a job whose results pass by ``play``; return the exit status."""

    def head(request: Exchange) -> Answer:
        return request.upstream().with_header("Content-Length", None).with_header("ETag", None)

    with standing_between(site.simulator.store_url) as store:
        lead_through(Path(site.environment["DIRECT_ACCESS_CONFIG"]), store, part="endpoint_url")
        store.rule("GET", "results", play)
        if not tells_length:
            store.rule("HEAD", "results", head)
        done = site.run("run", site.job_file())
        assert done.returncode == 0 or "direct-access collect" in done.stderr, done.stderr
        return done.returncode


def ranged(content: bytes, etag: str, request: Exchange) -> Answer:
    """Answer as a store does that does not know ``If-Match``."""
    headers = (("ETag", etag),)
    asked = request.headers.get("Range")
    if asked is None:
        return Answer(200, content, headers)
    first = int(asked.removeprefix("bytes=").rstrip("-"))
    told = ("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
    return Answer(206, content[first:], (*headers, told))


@pytest.mark.parametrize("etags", [('"old-2"', '"new-2"'), ("", ""), ('W/"1"', 'W/"1"')])
def test_results_replaced_while_they_are_read_are_never_half_of_one_and_half_of_the_other(
    site: Site, etags: tuple[str, str]
) -> None:
    def play(request: Exchange) -> Answer:
        if request.number > 1:
            return ranged(NEW, etags[1], request)
        return Answer(200, OLD, (("ETag", etags[0]),), cut_after=SIZE // 3)

    assert collect(site, play) == 0
    assert (site.run_directory / "results.json").read_bytes() == NEW


def test_a_longer_object_of_the_same_etag_is_another_object(site: Site) -> None:
    longer = NEW + b"\n\n"

    def play(request: Exchange) -> Answer:
        if request.number > 1:
            return ranged(longer, '"same-2"', request)
        return Answer(200, OLD, (("ETag", '"same-2"'),), cut_after=SIZE // 3)

    assert collect(site, play) == 0
    assert (site.run_directory / "results.json").read_bytes() == longer


@pytest.mark.parametrize("tells_length", [True, False], ids=["HEAD tells the length", "nothing tells it"])
def test_results_that_end_early_without_a_length_are_not_taken_for_whole(
    site: Site, tells_length: bool
) -> None:
    whole = large()
    cut = whole[: whole.index(b"}", len(whole) // 2) + 1]

    def play(request: Exchange) -> Answer:
        return Answer(200, cut, says_length=False)

    assert collect(site, play, tells_length) == 74
    assert not (site.run_directory / "results.json").exists()
    assert any("/results:" in name for name in site.objects())


def test_whole_results_without_a_length_are_accepted_by_their_brackets(site: Site) -> None:
    assert collect(site, lambda _: Answer(200, large(), says_length=False), tells_length=False) == 0
    assert site.journal["files"]["results.json"]["verified_by"] == "brackets"


@pytest.mark.parametrize("content", [b"{}", b'{"errors": [{"message": "try later"}]}'])
def test_a_document_without_results_is_kept_aside_and_the_server_is_left_alone(
    site: Site, content: bytes
) -> None:
    assert collect(site, lambda _: Answer(200, content)) == 74
    assert (site.run_directory / "results.json.rejected").read_bytes() == content
    assert any("/results:" in name for name in site.objects())
    assert len(site.simulator.jobs.jobs()) == 1


def test_a_log_that_may_have_been_cut_is_told_and_its_object_stays(site: Site) -> None:
    with standing_between(site.simulator.store_url) as store:
        lead_through(Path(site.environment["DIRECT_ACCESS_CONFIG"]), store, part="endpoint_url")
        _cut_logs(store)
        done = site.run("run", site.job_file())
    assert done.returncode == 0, done.stderr
    assert "may be incomplete" in done.stderr
    assert any("/logs:" in name for name in site.objects())


def _cut_logs(store: Between) -> None:
    store.rule("GET", "logs", lambda request: Answer(200, request.upstream().body[:5], says_length=False))
    store.rule("HEAD", "logs", lambda request: request.upstream().with_header("Content-Length", None))
