from __future__ import annotations

import io
import os
import sys

import pytest

from direct_access.cli.tables import table
from direct_access.cli.terminal_reporter import TerminalReporter


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class HungUp(Terminal):
    def write(self, text: str) -> int:
        raise OSError(5, os.strerror(5))


def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Return a terminal that standard error now is."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    return stream


def test_in_a_log_every_stage_has_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    reporter = TerminalReporter()
    reporter.stage("upload", "params 12 B")
    reporter.stage("wait", "Running on ibm_lab")
    reporter.stage("wait", "Running on ibm_lab")
    reporter.progress("Running for 5 s")
    reporter.end()
    out, err = capsys.readouterr()
    assert err.splitlines() == [
        "direct-access: upload: params 12 B",
        "direct-access: wait: Running on ibm_lab",
    ]
    assert out == ""


def test_in_a_log_nothing_is_coloured_or_moved(capsys: pytest.CaptureFixture[str]) -> None:
    reporter = TerminalReporter()
    reporter.progress("Running for 5 s")
    reporter.warning("the object stays")
    assert "\x1b" not in capsys.readouterr().err


def test_on_a_terminal_progress_is_one_line_that_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    watched = terminal(monkeypatch)
    reporter = TerminalReporter()
    reporter.progress("Running for 5 s")
    reporter.progress("Running for 6 s")
    reporter.stage("ended", "Completed")
    text = watched.getvalue()
    assert text.count("\n") == 1
    assert text.endswith("\r\x1b[Kdirect-access: ended: Completed\n")


def test_at_the_end_the_cursor_stands_at_the_start_of_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    watched = terminal(monkeypatch)
    reporter = TerminalReporter()
    reporter.progress("Running for 5 s")
    reporter.end()
    reporter.end()
    assert watched.getvalue().endswith("Running for 5 s\r\x1b[K")


def test_quiet_says_nothing_but_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    reporter = TerminalReporter(0)
    reporter.stage("upload", "params 12 B")
    reporter.note("resuming")
    reporter.progress("5 s")
    reporter.warning("the object stays")
    assert capsys.readouterr().err == "direct-access: warning: the object stays\n"


@pytest.mark.parametrize("stream", [HungUp(), None])
def test_a_terminal_that_is_gone_ends_nothing(monkeypatch: pytest.MonkeyPatch, stream: object) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    reporter = TerminalReporter()
    monkeypatch.setattr(sys, "stderr", stream)
    reporter.progress("Running for 5 s")
    reporter.stage("ended", "Completed")
    reporter.end()


def test_a_table_has_columns_and_shows_what_is_missing() -> None:
    assert table(("JOB", "STATUS"), [("a-long-id", None), ("b", "Running")]).splitlines() == [
        "JOB        STATUS",
        "a-long-id  -",
        "b          Running",
    ]


def test_an_empty_table_is_its_header() -> None:
    assert table(("JOB", "STATUS"), []) == "JOB  STATUS"
