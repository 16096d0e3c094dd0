from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from direct_access import errors
from direct_access.errors import (
    DirectAccessError,
    Finding,
    InputError,
    InternalError,
    JobFailedError,
    JobVanishedError,
    ProtocolError,
    SignalError,
    UnavailableError,
    from_json,
)

ALL = [
    value
    for value in vars(errors).values()
    if isinstance(value, type) and issubclass(value, DirectAccessError) and value is not DirectAccessError
]

TEXT = st.none() | st.text(max_size=20)
FINDINGS = st.builds(
    Finding,
    file=st.text(max_size=10),
    line=st.none() | st.integers(1, 99),
    column=st.none() | st.integers(1, 99),
    field=st.text(max_size=10),
    found=st.text(max_size=10),
    allowed=st.text(max_size=10),
    nearest=TEXT,
    severity=st.sampled_from(["error", "warning"]),
)
FIELDS = st.fixed_dictionaries(
    {"message": st.text(max_size=40)},
    optional={
        "subject": TEXT,
        "stage": TEXT,
        "http_status": st.none() | st.integers(100, 599),
        "code": TEXT,
        "request_id": TEXT,
        "retryable": st.booleans(),
        "retry_after_secs": st.none() | st.floats(0, 1e6),
        "advice": TEXT,
        "findings": st.lists(FINDINGS, max_size=3).map(tuple),
    },
)


@st.composite
def any_error(draw: st.DrawFn) -> DirectAccessError:
    cls = draw(st.sampled_from(ALL))
    fields: dict[str, Any] = draw(FIELDS)
    if cls is SignalError:
        fields["signal_number"] = draw(st.integers(1, 64))
    if cls is UnavailableError:
        fields["not_sent"] = draw(st.booleans())
    return cls(**fields)


@given(any_error())
def test_every_error_survives_json(error: DirectAccessError) -> None:
    back = from_json(json.loads(json.dumps(error.to_json())))
    assert type(back) is type(error)
    assert back == error


@given(any_error(), st.integers(0, pickle.HIGHEST_PROTOCOL))
def test_every_error_survives_pickling(error: DirectAccessError, protocol: int) -> None:
    back = pickle.loads(pickle.dumps(error, protocol))
    assert type(back) is type(error)
    assert back == error


@given(any_error())
def test_every_error_can_be_copied(error: DirectAccessError) -> None:
    assert copy.deepcopy(error) == error


def test_every_kind_belongs_to_one_class() -> None:
    assert len({cls.kind for cls in ALL}) == len(ALL)


def test_the_list_in_the_documentation_names_every_class() -> None:
    assert errors.__doc__ is not None
    assert [cls.__name__ for cls in ALL if cls.__name__ not in errors.__doc__] == []


def test_a_vanished_job_is_a_breach_of_the_protocol() -> None:
    assert issubclass(JobVanishedError, ProtocolError)


def test_an_error_is_printed_as_its_message() -> None:
    assert str(JobFailedError("job 7 Failed", code="1300")) == "job 7 Failed"


def test_only_fields_that_say_something_are_written() -> None:
    assert InputError("no backend").to_json() == {
        "kind": "input",
        "message": "no backend",
        "retryable": False,
    }


def test_fields_of_a_later_version_are_ignored() -> None:
    finding = {"file": "a", "line": 1, "column": 1, "field": "x", "found": "y", "invented_later": 1}
    back = from_json({"kind": "input", "message": "m", "invented_later": 1, "findings": [finding]})
    assert back == InputError("m", findings=(Finding("a", 1, 1, "x", "y"),))


def test_a_kind_of_a_later_version_is_read_as_a_bug() -> None:
    assert from_json({"kind": "invented_later", "message": "m"}) == InternalError("m")


@pytest.mark.parametrize("document", [{}, {"kind": "input"}, {"kind": "input", "findings": None}])
def test_an_incomplete_document_is_still_an_error(document: dict[str, Any]) -> None:
    assert from_json(document).message == "unknown error"


@pytest.mark.parametrize(
    ("finding", "text"),
    [
        (
            Finding("job.yaml", 3, 7, "pubs[0].shots", "is 'ten'", "an integer", "shots"),
            "job.yaml:3:7: pubs[0].shots: is 'ten'; allowed: an integer; did you mean shots?",
        ),
        (Finding("job.yaml", None, None, "", "is empty"), "job.yaml: is empty"),
        (Finding("job.yaml", 3, None, "", "is not a mapping"), "job.yaml:3: is not a mapping"),
    ],
)
def test_a_finding_says_where_what_and_what_is_allowed(finding: Finding, text: str) -> None:
    assert str(finding) == text
