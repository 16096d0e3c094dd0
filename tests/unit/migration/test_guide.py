"""Each row of the guide's tables: what a script that uses it is told, and what is changed in it."""

import pytest

from direct_access.migration.guide import ROWS
from direct_access.migration.text import remarks, rewritten

CLASSIC = "https://api.quantum-computing.ibm.com/runtime"
PRESENT = "https://quantum.cloud.ibm.com/api"

CHANGED = [
    ("GET", "/facade/v1/jobs", "/v1/jobs"),
    ("POST", "/facade/v1/jobs", "/v1/jobs"),
    ("GET", "/facade/v1/jobs/tags", "/v1/tags"),
    ("GET", "/jobs", "/v1/jobs"),
    ("GET", "/jobs/{id}", "/v1/jobs/{id}"),
    ("GET", "/jobs/{id}/metrics", "/v1/jobs/{id}/metrics"),
    ("GET", "/jobs/{id}/logs", "/v1/jobs/{id}/logs"),
    ("POST", "/jobs/{id}/cancel", "/v1/jobs/{id}/cancel"),
    ("PUT", "/jobs/{id}/tags", "/v1/jobs/{id}/tags"),
    ("DELETE", "/jobs/{id}", "/v1/jobs/{id}"),
    ("POST", "/sessions", "/v1/sessions"),
    ("PATCH", "/sessions/{id}", "/v1/sessions/{id}"),
    ("GET", "/sessions/{id}", "/v1/sessions/{id}"),
    ("DELETE", "/sessions/{id}/close", "/v1/sessions/{id}/close"),
    ("GET", "/workloads/me", "/v1/workloads"),
    ("GET", "/backends", "/v1/backends"),
    ("GET", "/backends/{name}/status", "/v1/backends/{name}/status"),
    ("GET", "/backends/{name}/defaults", "/v1/backends/{name}/defaults"),
    ("GET", "/backends/{name}/properties", "/v1/backends/{name}/properties"),
    ("GET", "/backends/{name}/configuration", "/v1/backends/{name}/configuration"),
    ("GET", "/analytics/usage", "/v1/analytics/usage"),
    ("GET", "/analytics/filters", "/v1/analytics/filters"),
    ("GET", "/analytics/usage-grouped", "/v1/analytics/usage_grouped"),
    ("GET", "/analytics/usage-grouped-by-date", "/v1/analytics/usage_grouped_by_date"),
]
TOLD = [
    ("GET", "/users/me", "/v1/accounts/{id}", "account"),
    ("POST", "/logout", "/v1/logout", "undocumented"),
    ("GET", "/instances", "/v1/instance", "/v1/instances/usage"),
    ("GET", "/jobs/{id}/interim_results", "/v1/jobs/{id}/interim_results", "no longer"),
]
GONE = [
    ("GET", "/health", "removed"),
    ("POST", "/auth/validate", "removed"),
    ("GET", "/facade/v1/jobs/{id}/type", "removed"),
    ("GET", "/jobs/{id}/transpiled_circuits", "2026-02-01"),
    ("GET", "/sessions/{id}/extended", "/v1/sessions/{id}"),
    ("GET", "/usage", "/v1/instances/usage"),
]


def curl(method: str, address: str) -> str:
    return f"curl -X '{method}' \\\n  '{address}' -H 'Service-CRN: crn' -H 'IBM-API-Version: 2026-03-15'"


@pytest.mark.parametrize(("method", "classic", "present"), CHANGED)
def test_a_path_with_one_successor_is_changed_together_with_its_host(method, classic, present):
    assert rewritten(curl(method, CLASSIC + classic)) == curl(method, PRESENT + present)


@pytest.mark.parametrize(("method", "classic", "present", "word"), TOLD)
def test_a_path_whose_successor_needs_thought_is_told_and_left_alone(method, classic, present, word):
    script = curl(method, CLASSIC + classic)
    (remark,) = remarks(script)
    assert (remark.replacement, remark.certain) == (PRESENT + present, False)
    assert word in remark.note
    assert rewritten(script) == script


@pytest.mark.parametrize(("method", "classic", "word"), GONE)
def test_a_path_without_successor_is_told_with_what_to_use_instead(method, classic, word):
    script = curl(method, CLASSIC + classic)
    (remark,) = remarks(script)
    assert remark.replacement is None
    assert word in remark.note
    assert rewritten(script) == script


def test_every_row_of_the_guide_has_an_expectation_here():
    expected = {(method, path) for method, path, *_ in [*CHANGED, *TOLD, *GONE]}
    assert {(method, row.classic) for row in ROWS for method in row.methods} == expected


@pytest.mark.parametrize(
    ("guide", "right"),
    [
        ("/v1/analytics/usage-grouped", "/v1/analytics/usage_grouped"),
        ("/v1/analytics/usage-grouped-by-date", "/v1/analytics/usage_grouped_by_date"),
        ("/v1/sessions{id}", "/v1/sessions/{id}"),
        ("/v1/sessions{id}/close", "/v1/sessions/{id}/close"),
        ("/qiskit-runtime-rest/usage", "/v1/instances/usage"),
    ],
)
def test_a_script_that_followed_the_guide_to_the_letter_is_mended(guide, right):
    assert rewritten(curl("GET", PRESENT + guide)) == curl("GET", PRESENT + right)
