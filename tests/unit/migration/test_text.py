"""What is found in a text, and what is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from direct_access.migration.text import remarks, rewritten

CLASSIC = "https://api.quantum-computing.ibm.com/runtime"
PRESENT = "https://quantum.cloud.ibm.com/api"
HEADERS = "# Service-CRN IBM-API-Version\n"


def found(text):
    return [remark.found for remark in remarks(HEADERS + text)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"{CLASSIC}/", f"{PRESENT}/"),
        ("https://us-east.quantum-computing.cloud.ibm.com/", f"{PRESENT}/"),
        ("https://api.quantum.ibm.com/runtime/jobs", f"{PRESENT}/v1/jobs"),
        ("https://runtime-us-east.quantum-computing.ibm.com/backends", f"{PRESENT}/v1/backends"),
        ("https://us-east.quantum-computing.cloud.ibm.com/jobs/a/results", f"{PRESENT}/v1/jobs/a/results"),
        ("https://us-east.quantum-computing.cloud.ibm.com/instances/usage", f"{PRESENT}/v1/instances/usage"),
        (f"{PRESENT}/jobs/abc", f"{PRESENT}/v1/jobs/abc"),
        (
            'url = "https://api.quantum-computing.ibm.com/runtime"\nget(f"{url}/jobs/{job}/logs")',
            f'url = "{PRESENT}"\nget(f"{{url}}/v1/jobs/{{job}}/logs")',
        ),
        (
            f'BASE={CLASSIC}\ncurl "$BASE/sessions/$ID"\ncurl "${{BASE}}/jobs"',
            f'BASE={PRESENT}\ncurl "$BASE/v1/sessions/$ID"\ncurl "${{BASE}}/v1/jobs"',
        ),
        (f'b = "{CLASSIC}"\nget(b + "/jobs/" + i)', f'b = "{PRESENT}"\nget(b + "/v1/jobs/" + i)'),
        ("get('/facade/v1/jobs')", "get('/v1/jobs')"),
        ("{'max_session_ttl': 3600}", "{'max_ttl': 3600}"),
        ("max_session_ttl: 3600", "max_ttl: 3600"),
        ("application/x-www-form-urlendcoded", "application/x-www-form-urlencoded"),
        ("'-H accept: application/json'", "-H 'accept: application/json'"),
    ],
)
def test_what_is_certain_is_changed(before, after):
    assert rewritten(HEADERS + before) == HEADERS + after


@pytest.mark.parametrize(
    "text",
    [
        "https://direct-access-x.quantum-computing.cloud.ibm.com:30060/v1/jobs",
        f"{PRESENT}/v1/jobs/abc/results",
        f"{PRESENT}/v1/analytics/usage_grouped",
        'get("https://example.org/jobs/1")',
        'app.route("/health")',
        "project: chemistry\ngroup: theory",
        "private: true",
    ],
)
def test_what_is_not_the_classic_api_is_left_alone(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (f"{CLASSIC} {{'hub': h, 'group': g, 'project': p}}", ["hub", "group", "project"]),
        (f"{CLASSIC} ?provider=ibm-q", ["provider"]),
        ("session: {instance: ibm-q/open/main}", ["ibm-q/open/main"]),
        (f'{CLASSIC} {{"private": True}}', ["private"]),
        ("headers={'X-Access-Token': t}", ["X-Access-Token"]),
        ('QiskitRuntimeService(channel="ibm_quantum")', ["ibm_quantum"]),
        ("https://auth.quantum.ibm.com/api", ["https://auth.quantum.ibm.com/api"]),
        ("https://auth.quantum-computing.ibm.com/api", ["https://auth.quantum-computing.ibm.com/api"]),
        ("https://eu-de.quantum-computing.cloud.ibm.com", ["https://eu-de.quantum-computing.cloud.ibm.com"]),
    ],
)
def test_what_only_a_person_can_change_is_told(text, what):
    assert [one for one in found(text) if CLASSIC not in one] == what
    assert not any(remark.certain for remark in remarks(HEADERS + text) if remark.found in what)


def test_a_path_behind_an_unknown_name_is_told_but_not_changed():
    text = f'{HEADERS}OTHER = "{PRESENT}"\nget(f"{{base}}/jobs/{{i}}")'
    (remark,) = remarks(text)
    assert (remark.found, remark.replacement, remark.certain) == ("/jobs/{i}", "/v1/jobs/{i}", False)


def test_headers_that_every_request_needs_are_asked_for_once():
    (remark,) = remarks(f'get("{PRESENT}/v1/jobs")\nget("{PRESENT}/v1/tags")')
    assert "no header Service-CRN" in remark.found
    assert "no header IBM-API-Version" in remark.found


def test_one_line_that_serves_two_methods_gets_the_notes_of_both():
    (remark,) = remarks(f"{HEADERS}{CLASSIC}/facade/v1/jobs")
    assert "provider" in remark.note
    assert "private" in remark.note


WORDS = st.sampled_from(
    (
        *(
            CLASSIC,
            PRESENT,
            CLASSIC + "/jobs",
            CLASSIC + "/facade/v1/jobs/{id}/type",
            PRESENT + "/sessions/a",
        ),
        *("BASE=" + CLASSIC, "{BASE}/jobs", "$BASE/usage", '"/analytics/usage-grouped"', "'/sessions{id}'"),
        *("max_session_ttl:", "?provider=", "'-H a: b'", "\\", "/v1/usage", "'-H a: https://x'"),
    )
)


@given(st.lists(st.tuples(WORDS, st.sampled_from((" ", "\n"))).map("".join), max_size=12).map("".join))
def test_what_was_changed_once_is_not_changed_again(text):
    once = rewritten(text)
    assert rewritten(once) == once


@given(st.text())
def test_any_text_can_be_read(text):
    assert all(text[remark.start : remark.end] for remark in remarks(text) if remark.end > remark.start)
