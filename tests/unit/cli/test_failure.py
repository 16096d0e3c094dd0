from __future__ import annotations

import json

import pytest

from direct_access.cli import failure
from direct_access.errors import AccessError, Finding, InputError, StoreError, WaitEndedError

REFUSED = AccessError(
    "the key may not cancel jobs",
    subject="6f1c",
    stage="wait",
    http_status=403,
    code="1200",
    request_id="r-1",
    advice="ask for the role Writer",
)


def test_text_says_what_failed_what_the_server_calls_it_and_what_to_do() -> None:
    assert failure.as_text(REFUSED).splitlines() == [
        "direct-access: the key may not cancel jobs",
        "  server: HTTP 403, code 1200, request id r-1",
        "  next: ask for the role Writer",
    ]


def test_text_without_a_server_names_none() -> None:
    assert failure.as_text(InputError("no backend")) == "direct-access: no backend"


def test_every_finding_has_a_line() -> None:
    error = InputError("2 faults", findings=(Finding("a", 1, 2, "x", "y"), Finding("a", 3, 4, "z", "w")))
    assert failure.as_text(error).splitlines()[1:] == ["  a:1:2: x: y", "  a:3:4: z: w"]


def test_json_is_one_versioned_object_with_everything_that_is_known() -> None:
    assert failure.as_json(REFUSED, 77) == {
        "schema": "direct-access/error/v1",
        "exit_status": 77,
        "kind": "access",
        "message": "the key may not cancel jobs",
        "subject": "6f1c",
        "stage": "wait",
        "http_status": 403,
        "code": "1200",
        "request_id": "r-1",
        "advice": "ask for the role Writer",
        "retryable": False,
    }


def test_the_next_command_stands_in_the_advice() -> None:
    error = WaitEndedError("waiting ended", advice="direct-access collect /scratch/bell")
    assert failure.as_json(error, 124)["advice"] == "direct-access collect /scratch/bell"


URL = "https://user:hush@store.example/o?X-Amz-Signature=hush"
LEAKY = StoreError(
    f"cannot read {URL}",
    subject=URL,
    advice=f"try {URL}",
    findings=(Finding("a", 1, 1, "x", f"is {URL}"),),
)


def test_text_shows_no_presigned_url() -> None:
    assert "hush" not in failure.as_text(LEAKY)


def test_json_shows_no_presigned_url() -> None:
    assert "hush" not in json.dumps(failure.as_json(LEAKY, 74))


@pytest.mark.parametrize(("output_format", "lines"), [("text", 3), ("json", 1)])
def test_an_error_is_told_on_standard_error_alone(
    capsys: pytest.CaptureFixture[str], output_format: str, lines: int
) -> None:
    assert failure.report(REFUSED, output_format) == 77
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", lines)


def test_json_of_any_text_is_ascii_that_any_locale_can_carry(capsys: pytest.CaptureFixture[str]) -> None:
    failure.report(InputError("b\udcff.yaml: größer 😀"), "json")
    text = capsys.readouterr().err
    assert text.isascii()
    assert json.loads(text)["message"] == "b\udcff.yaml: größer 😀"
