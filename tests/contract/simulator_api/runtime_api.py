"""A plain HTTP client of the simulated cloud that holds every answer against its OpenAPI description."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import urllib3
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.qiskit_runtime.description import FILE
from tests.contract.simulator_api.client import FORMATS, token

LATEST = "2026-04-15"
PROGRAM = 'OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;'
DESCRIPTION = json.loads(FILE.read_text())
_REGISTRY = Registry().with_resource("urn:api", DRAFT202012.create_resource(DESCRIPTION))


@dataclass(frozen=True)
class Answer:
    """What came back; ``document`` is its JSON, None where there is none."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    document: Any

    @property
    def code(self) -> Any:
        """The code of an error body."""
        return self.document["errors"][0]["code"]

    @property
    def message(self) -> str:
        """The message of an error body."""
        return str(self.document["errors"][0]["message"])


class RuntimeClient:
    """Sends requests as one user of one instance."""

    def __init__(
        self, simulator: Simulator, version: str | None = LATEST, user_key: str | None = None
    ) -> None:
        self.simulator = simulator
        self.headers = {
            "Authorization": f"Bearer {token(simulator, user_key)}",
            "Service-CRN": simulator.cloud_crn,
        }
        if version:
            self.headers["IBM-API-Version"] = version
        self._http = urllib3.PoolManager(retries=False)

    def send(self, method: str, path: str, *, described: bool = True, **options: Any) -> Answer:
        """Send one request and check that the answer is as described."""
        options.setdefault("headers", self.headers)
        response = self._http.request(method, self.simulator.cloud_url + path, **options)
        is_json = response.headers.get("Content-Type") == "application/json"
        document = json.loads(response.data) if is_json else None
        if described:
            _check(method, path.partition("?")[0], response.status, response.headers, document)
        return Answer(response.status, response.headers, response.data, document)

    def get(self, path: str) -> Any:
        """Return the document of a page that is there."""
        answer = self.send("GET", path)
        assert answer.status == 200, answer.document
        return answer.document

    def submit(self, **changed: Any) -> Answer:
        """Submit a job."""
        return self.send("POST", "/v1/jobs", json=run_job(**changed))

    def accepted(self, **changed: Any) -> str:
        """Submit a job that is accepted, and return its id."""
        answer = self.submit(**changed)
        assert answer.status == 200, answer.document
        return str(answer.document["id"])

    def ended(self, **changed: Any) -> str:
        """Submit a job and return its id once it has ended."""
        job_id = self.accepted(**changed)
        self.simulator.wait_for(job_id, 20)
        return job_id

    def session(self, **changed: Any) -> str:
        """Open a session and return its id."""
        asked = {"mode": "dedicated", "backend": "ibm_examplesite", **changed}
        body = {name: value for name, value in asked.items() if value is not None}
        answer = self.send("POST", "/v1/sessions", json=body)
        assert answer.status == 200, answer.document
        return str(answer.document["id"])

    def status(self, job_id: str) -> str:
        """Return the status of a job."""
        return str(self.get(f"/v1/jobs/{job_id}")["status"])


def run_job(**changed: Any) -> dict[str, Any]:
    """Return the body of a submission, but for what is changed."""
    params = {"pubs": [[PROGRAM]], "version": 2}
    body = {"program_id": "sampler", "backend": "ibm_examplesite", "params": params, **changed}
    return {name: value for name, value in body.items() if value is not None}


def _check(method: str, path: str, status: int, headers: Mapping[str, str], document: Any) -> None:
    if status == 204:
        assert document is None
        return
    schema = _schema(method, path, status, headers["Content-Type"].partition(";")[0])
    if document is not None:
        Draft202012Validator(schema, registry=_REGISTRY, format_checker=FORMATS).validate(document)


def _schema(method: str, path: str, status: int, content_type: str) -> dict[str, Any]:
    operation = _operation(method, path)
    if operation is None:  # no such path or method: the one thing it can be is an error
        return {"$ref": "urn:api#/components/schemas/Error"}
    responses = operation["responses"]
    response = responses.get(str(status)) or responses["default"]
    assert status < 300 or "$ref" in response
    if "$ref" in response:
        return {"$ref": f"urn:api#/components/schemas/{response['$ref'].rpartition('/')[2]}"}
    schema: dict[str, Any] = response["content"][content_type]["schema"]
    return {"$ref": f"urn:api{schema['$ref']}"} if "$ref" in schema else schema


def _operation(method: str, path: str) -> Any:
    for template, operations in DESCRIPTION["paths"].items():
        wanted, found = template.split("/"), path.split("/")
        if len(wanted) == len(found) and all(
            w == f or w.startswith("{") for w, f in zip(wanted, found, strict=True)
        ):
            return operations.get(method.lower())
    return None
