"""Versions, the description, and what no route answers."""

from __future__ import annotations

import pytest

from tests.contract.simulator_api.client import DESCRIPTION, Client


def test_the_latest_version_is_told_without_a_token(api: Client) -> None:
    answer = api.send("GET", "/version", headers={})
    assert answer.document == {"version": "2026-02-15"}


def test_all_versions_are_told_without_a_token(api: Client) -> None:
    answer = api.send("GET", "/versions", headers={})
    assert answer.document == {"versions": ["2025-08-01", "2025-08-15", "2026-02-15"]}


def test_the_description_is_served(api: Client) -> None:
    assert api.send("GET", "/openapi.json", headers={}).document == DESCRIPTION


@pytest.mark.parametrize("version", ["2025-08-01", "2026-02-15", "20260215"])
def test_a_known_version_is_accepted_in_both_forms(api: Client, version: str) -> None:
    answer = api.send("GET", "/v1/jobs", headers={**api.headers, "IBM-API-Version": version})
    assert answer.status == 200


def test_without_a_version_the_latest_is_meant(api: Client) -> None:
    del api.headers["IBM-API-Version"]
    assert api.get("/v1/jobs").status == 200


@pytest.mark.parametrize("version", ["2024-01-01", "2026-2-15", "latest", ""])
def test_an_unknown_version_is_a_bad_request(api: Client, version: str) -> None:
    answer = api.send("GET", "/v1/jobs", headers={**api.headers, "IBM-API-Version": version})
    assert (answer.status, answer.targets) == (400, ["IBM-API-Version"])


@pytest.mark.parametrize("path", ["/v1", "/v1/job", "/v1/jobs/", "/v1/jobs//cancel", "/v2/jobs"])
def test_an_unknown_path_is_not_found(api: Client, path: str) -> None:
    assert api.get(path).status == 404


def test_a_wrong_method_names_the_right_ones(api: Client) -> None:
    answer = api.send("PUT", "/v1/jobs")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, POST")


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/v1/jobs"), ("TRACE", "/v1/backends"), ("TRACE", "/version")]
)
def test_a_wrong_method_is_named_before_a_wrong_version(api: Client, method: str, path: str) -> None:
    answer = api.send(method, path, headers={**api.headers, "IBM-API-Version": "0000-00-00"})
    assert answer.status == 405
