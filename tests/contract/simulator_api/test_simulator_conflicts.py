"""The other side of each disagreement between sources about the API."""

from __future__ import annotations

import json
from typing import Any

import urllib3

from direct_access.simulator.conflicts import Conflicts
from tests.contract.simulator_api.client import Client, client_of, put_params, run_job
from tests.contract.simulator_api.conftest import StartSimulator


def other_side(start: StartSimulator, name: str) -> Client:
    return client_of(start(conflicts=Conflicts(**{name: True})))


def answer(api: Client, path: str, method: str = "GET", **options: Any) -> urllib3.BaseHTTPResponse:
    """Return an answer without holding it against the description, from which it differs."""
    options.setdefault("headers", api.headers)
    return urllib3.request(method, api.simulator.api_url + path, retries=False, **options)


def test_an_unknown_backend_is_a_400_with_a_detail(start: StartSimulator) -> None:
    api = other_side(start, "unknown_backend_is_400")
    found = answer(api, "/v1/backends/ibm_none")
    assert (found.status, found.json()) == (400, {"detail": "Backend ibm_none not found."})


def test_a_body_outside_the_schema_is_a_400(start: StartSimulator) -> None:
    api = other_side(start, "invalid_body_is_400")
    assert answer(api, "/v1/jobs", "POST", json={}).status == 400


def test_the_version_is_text_that_holds_json(start: StartSimulator) -> None:
    text = answer(other_side(start, "version_as_text"), "/version").json()
    assert json.loads(text) == {"version": "2026-02-15"}


def test_versions_need_a_token(start: StartSimulator) -> None:
    api = other_side(start, "versions_need_token")
    assert answer(api, "/versions", headers={}).status == 401
    assert answer(api, "/versions").status == 200


def test_the_version_header_is_required(start: StartSimulator) -> None:
    api = other_side(start, "version_header_required")
    assert answer(api, "/v1/jobs").status == 200
    del api.headers["IBM-API-Version"]
    assert answer(api, "/v1/jobs").status == 400


def test_the_deprecated_form_of_a_version_is_refused(start: StartSimulator) -> None:
    api = other_side(start, "only_dashed_version")
    assert answer(api, "/v1/jobs", headers={**api.headers, "IBM-API-Version": "20260215"}).status == 400


def test_a_paused_backend_accepts_jobs_and_holds_them(start: StartSimulator) -> None:
    api = other_side(start, "paused_accepts")
    backend = api.simulator.backends.get("ibm_examplesite")
    backend.status = "paused"
    put_params(api.simulator, "job")
    assert api.post("/v1/jobs", run_job(api.simulator)).status == 204
    assert api.job()["status"] == "Running"
    assert not api.simulator.jobs.job("job").ended.wait(0.1)
    backend.status = "online"
    assert api.ended_job()["status"] == "Completed"
