"""Checks are made together, in the order of what they need, and under one deadline."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from direct_access.clock import ManualClock, SystemClock
from direct_access.errors import ConfigurationError, UnavailableError
from direct_access.health.check import Check, CheckReport, Observation, failed_with
from direct_access.health.check_context import CheckContext, make_context
from direct_access.health.finding import CheckLevel
from direct_access.health.running import run_checks
from direct_access.redact import Secret

PATIENCE_SECS = 60.0
CONFIGURATION = """\
systems:
  lab:
    url: https://quantum.example.org:30060
    service_crn: "crn:v1:bluemix:public:quantum-computing:us-east:a/lab:on-prem::"
    api_key_file: api-key
"""


def made(tmp_path: Path, *checks: Check) -> CheckReport:
    environment = {"HOME": str(tmp_path)}
    found = make_context(environment, {}, SystemClock(), PATIENCE_SECS, tmp_path / "none")
    return run_checks(found, checks)


def check(name: str, *after: str, look: object = None, late: CheckLevel = CheckLevel.CRITICAL) -> Check:
    def well(_context: CheckContext) -> Iterator[Observation]:
        yield Observation("well")

    return Check(name, look or well, "try it", "mend it", after, late=late)  # type: ignore[arg-type]


def failing(name: str, *after: str) -> Check:
    def look(_context: CheckContext) -> Iterator[Observation]:
        raise UnavailableError(f"{name} is away", subject="elsewhere")
        yield

    return check(name, *after, look=look)


def levels(report: CheckReport) -> dict[str, str]:
    return {finding.check: finding.level.name for finding in report.findings}


def test_checks_that_need_nothing_of_each_other_are_made_at_the_same_time(tmp_path: Path) -> None:
    together = threading.Barrier(3, timeout=PATIENCE_SECS)

    def look(_context: CheckContext) -> Iterator[Observation]:
        together.wait()
        yield Observation("all are here")

    report = made(tmp_path, *(check(name, look=look) for name in "abc"))
    assert levels(report) == dict.fromkeys("abc", "OK")


def test_a_check_begins_when_what_it_needs_has_ended(tmp_path: Path) -> None:
    order: list[str] = []

    def looker(name: str) -> object:
        def look(_context: CheckContext) -> Iterator[Observation]:
            order.append(name)
            yield Observation("well")

        return look

    made(
        tmp_path,
        check("last", "middle", look=looker("last")),
        check("middle", "first", look=looker("middle")),
        check("first", look=looker("first")),
    )
    assert order == ["first", "middle", "last"]


def test_what_stands_behind_a_failure_is_skipped_and_names_the_first_cause(tmp_path: Path) -> None:
    report = made(tmp_path, failing("dns"), check("tcp", "dns"), check("tls", "tcp"), check("disk"))
    assert levels(report) == {"dns": "CRITICAL", "tcp": "UNKNOWN", "tls": "UNKNOWN", "disk": "OK"}
    assert [result.because for result in report.results] == [None, "dns", "dns", None]
    assert report.findings[2].seen == "skipped because dns failed"


def test_a_warning_stands_in_nobodys_way(tmp_path: Path) -> None:
    def look(_context: CheckContext) -> Iterator[Observation]:
        yield failed_with(ConfigurationError("not so good"), CheckLevel.WARNING)

    report = made(tmp_path, check("first", look=look), check("next", "first"))
    assert levels(report) == {"first": "WARNING", "next": "OK"}
    assert report.level is CheckLevel.WARNING


def test_a_check_whose_need_is_not_made_is_made(tmp_path: Path) -> None:
    assert levels(made(tmp_path, check("tcp", "dns"))) == {"tcp": "OK"}


def test_the_cause_is_the_first_failure_in_the_order_of_the_table(tmp_path: Path) -> None:
    report = made(tmp_path, check("a"), failing("b"), failing("c"))
    assert report.cause is not None
    assert report.cause.finding.check == "b"


def test_a_failure_keeps_the_name_that_the_check_has_for_its_subject(tmp_path: Path) -> None:
    (finding,) = made(tmp_path, failing("dns")).findings
    assert (finding.subject, finding.seen, finding.advice) == ("this node", "dns is away", "mend it")


class OneWait(CheckContext):
    """CheckContext whose whole time passes in the first wait for a check."""

    @property
    def secs_left(self) -> float:
        assert isinstance(self.clock, ManualClock)
        left = super().secs_left
        self.clock.advance(left)
        return left


@pytest.mark.parametrize("late", [CheckLevel.CRITICAL, CheckLevel.UNKNOWN])
def test_at_the_deadline_there_is_a_report_whatever_still_goes_on(late: CheckLevel) -> None:
    released, clock = threading.Event(), ManualClock()

    def blocked(_context: CheckContext) -> Iterator[Observation]:
        released.wait(PATIENCE_SECS)
        yield Observation("too late")

    found = OneWait({}, clock, clock.boottime() + PATIENCE_SECS)
    checks = (check("slow", look=blocked, late=late), check("behind", "slow"), check("fast"))
    report = run_checks(found, checks)
    released.set()
    assert levels(report) == {"slow": late.name, "behind": "UNKNOWN", "fast": "OK"}
    assert report.results[1].because == "slow"
    assert "no answer in the time" in report.findings[0].seen


def test_one_request_cannot_take_all_the_time(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(CONFIGURATION)
    environment = {"HOME": str(tmp_path), "DIRECT_ACCESS_CONFIG": str(tmp_path / "config.yaml")}
    found = make_context(environment, {}, SystemClock(), 2.0, tmp_path / "none")
    network = found.known_system.network
    assert network.connect_timeout_secs == network.read_timeout_secs == pytest.approx(1.2)


def test_a_bug_in_a_check_is_told_and_ends_no_other(tmp_path: Path) -> None:
    def look(_context: CheckContext) -> Iterator[Observation]:
        raise KeyError("lanes")
        yield

    report = made(tmp_path, check("broken", look=look), check("other"))
    assert levels(report) == {"broken": "UNKNOWN", "other": "OK"}
    assert "KeyError" in report.findings[0].seen


def test_no_finding_holds_a_secret(tmp_path: Path) -> None:
    secret = Secret("correct-horse-battery")
    url = "https://store.example/bucket/name?X-Amz-Signature=0123456789abcdef"

    def look(_context: CheckContext) -> Iterator[Observation]:
        message = f"{url} was refused for {secret.reveal()}"
        yield failed_with(UnavailableError(message, subject=url, advice=f"not {url}"), CheckLevel.CRITICAL)

    (finding,) = made(tmp_path, check("leak", look=look)).findings
    told = " ".join([finding.seen, finding.subject, finding.advice])
    assert "battery" not in told
    assert "0123456789abcdef" not in told
