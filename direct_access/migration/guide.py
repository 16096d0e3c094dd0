"""The guide's table of endpoints, as data."""

from __future__ import annotations

from direct_access.light_dataclass import dataclass

CRN = "name the instance by its CRN in the header Service-CRN"


@dataclass(frozen=True)
class Row:
    """One endpoint of the classic API and what became of it.

    :param methods: HTTP methods the row holds for
    :param classic: path of the classic API; ``{…}`` stands for one segment
    :param replacement: path of the present API, None where there is none
    :param note: what else changes, or why there is none
    :param certain: whether changing the path, and nothing else, is right
    :param guide: the guide's replacement where it differs from ours
    """

    methods: tuple[str, ...]
    classic: str
    replacement: str | None
    note: str = ""
    certain: bool = True
    guide: str | None = None


def _job(suffix: str, *methods: str) -> Row:
    return Row(methods, f"/jobs/{{id}}{suffix}", f"/v1/jobs/{{id}}{suffix}")


def _backend(part: str) -> Row:
    return Row(("GET",), f"/backends/{{name}}/{part}", f"/v1/backends/{{name}}/{part}")


def _analytics(classic: str, present: str = "", guide: str | None = None) -> Row:
    note = (
        "with underscores; the guide's hyphens are not in the service's OpenAPI description" if guide else ""
    )
    return Row(("GET",), f"/analytics/{classic}", f"/v1/analytics/{present or classic}", note, guide=guide)


USAGE = "removed; usage of an instance is at /v1/instances/usage"

ROWS = (
    Row(("GET",), "/health", None, "removed without replacement"),
    Row(("GET",), "/users/me", "/v1/accounts/{id}", "the id is the account's, without a/", certain=False),
    Row(("POST",), "/auth/validate", None, "removed without replacement"),
    Row(
        ("POST",),
        "/logout",
        "/v1/logout",
        "undocumented; an IAM token ends by itself after an hour at most",
        certain=False,
    ),
    Row(
        ("GET",),
        "/instances",
        "/v1/instance",
        f"{CRN}; its limit is at /v1/instances/configuration (GET, PUT), its usage at /v1/instances/usage",
        certain=False,
    ),
    Row(("GET",), "/facade/v1/jobs", "/v1/jobs", f"no provider in the query: {CRN}"),
    Row(
        ("POST",),
        "/facade/v1/jobs",
        "/v1/jobs",
        f"no hub, group and project in the body: {CRN}; private is still accepted, whatever the guide says",
        guide="/v1/jobs without private",
    ),
    Row(("GET",), "/facade/v1/jobs/tags", "/v1/tags", "needs type=job and search in the query"),
    Row(("GET",), "/facade/v1/jobs/{id}/type", None, "removed without replacement"),
    Row(("GET",), "/jobs", "/v1/jobs"),
    _job("", "GET"),
    _job("/metrics", "GET"),
    Row(
        ("GET",),
        "/jobs/{id}/interim_results",
        "/v1/jobs/{id}/interim_results",
        "no longer in the service's OpenAPI description",
        certain=False,
    ),
    Row(
        ("GET",),
        "/jobs/{id}/transpiled_circuits",
        None,
        "dropped with IBM-API-Version 2026-02-01",
        guide="/v1/jobs/{id}/transpiled_circuits",
    ),
    _job("/logs", "GET"),
    _job("/cancel", "POST"),
    _job("/tags", "PUT"),
    _job("", "DELETE"),
    Row(
        ("POST",),
        "/sessions",
        "/v1/sessions",
        f"no instance in the body: {CRN}; max_session_ttl is now max_ttl",
    ),
    Row(("PATCH",), "/sessions/{id}", "/v1/sessions/{id}", guide="/v1/sessions{id}"),
    Row(("GET",), "/sessions/{id}", "/v1/sessions/{id}", guide="/v1/sessions{id}"),
    Row(("GET",), "/sessions/{id}/extended", None, "removed; /v1/sessions/{id} has what there is"),
    Row(("DELETE",), "/sessions/{id}/close", "/v1/sessions/{id}/close", guide="/v1/sessions{id}/close"),
    Row(("GET",), "/workloads/me", "/v1/workloads", "user=me in the query keeps it to your own"),
    Row(("GET",), "/backends", "/v1/backends", f"no provider in the query: {CRN}"),
    _backend("status"),
    _backend("defaults"),
    _backend("properties"),
    _backend("configuration"),
    Row(("GET",), "/usage", None, USAGE),
    _analytics("usage"),
    _analytics("filters"),
    _analytics("usage-grouped", "usage_grouped", "/v1/analytics/usage-grouped"),
    _analytics("usage-grouped-by-date", "usage_grouped_by_date", "/v1/analytics/usage-grouped-by-date"),
)
"""The tables of the guide, in its order."""

MORE = (
    Row(("POST",), "/jobs", "/v1/jobs"),
    Row(("GET",), "/jobs/{id}/results", "/v1/jobs/{id}/results"),
    Row(
        ("GET",),
        "/qiskit-runtime-rest/usage",
        "/v1/instances/usage",
        "the path of the guide's example does not exist",
        guide="/qiskit-runtime-rest/usage",
    ),
    Row(("GET",), "/v1/analytics/usage-grouped", "/v1/analytics/usage_grouped", "with an underscore"),
    Row(
        ("GET",),
        "/v1/analytics/usage-grouped-by-date",
        "/v1/analytics/usage_grouped_by_date",
        "with underscores",
    ),
    Row(("GET",), "/v1/usage", None, USAGE),
    Row(
        ("GET",),
        "/v1/jobs/{id}/transpiled_circuits",
        None,
        "dropped with IBM-API-Version 2026-02-01",
    ),
    Row(("GET", "PATCH"), "/v1/sessions{id}", "/v1/sessions/{id}", "the guide lacks the slash"),
    Row(("DELETE",), "/v1/sessions{id}/close", "/v1/sessions/{id}/close", "the guide lacks the slash"),
)
"""What the tables leave out, and paths that follow the guide to the letter."""

FAMILIES = (
    "accounts",
    "analytics",
    "backends",
    "instance",
    "instances",
    "jobs",
    "sessions",
    "tags",
    "workloads",
)
"""First segments under which IBM Cloud's own API kept every path, with ``/v1`` before it."""

UNMISTAKABLE = ("/facade/v1/", "/workloads/me", "/users/me", "/auth/validate", "/qiskit-runtime-rest/")
"""Paths that belong to no other service, whatever stands before them."""
