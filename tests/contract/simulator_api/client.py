"""A plain HTTP client of the simulator that holds every answer against its OpenAPI description."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import urllib3
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from direct_access.simulator.embedded import Simulator

DESCRIPTION_FILE = Path(__file__).parents[3] / "direct_access" / "simulator" / "openapi.json"
DESCRIPTION = json.loads(DESCRIPTION_FILE.read_text())
FORMATS = FormatChecker(["date", "uuid"])
FORMATS.checks("date-time", ValueError)(lambda text: datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ"))
FORMATS.checks("uri", ValueError)(lambda text: urlsplit(text).netloc != "")
_REGISTRY = Registry().with_resource("urn:api", Resource(DESCRIPTION, DRAFT202012))


@dataclass(frozen=True)
class Answer:
    """What came back; ``document`` is its JSON, None for an empty body."""

    status: int
    headers: Mapping[str, str]
    document: Any

    @property
    def codes(self) -> list[str | None]:
        """The error codes of an error body."""
        return [error.get("code") for error in self.document["errors"]]

    @property
    def targets(self) -> list[str]:
        """What an error body says is wrong."""
        return [error["target"]["name"] for error in self.document["errors"] if "target" in error]


class Client:
    """Sends requests to the API as one identity.

    :param headers: sent with every request
    """

    def __init__(self, simulator: Simulator, headers: Mapping[str, str]) -> None:
        self.simulator = simulator
        self.headers = dict(headers)
        tls = simulator.settings.tls
        self._http = urllib3.PoolManager(retries=False, ca_certs=str(tls.authority) if tls else None)

    def send(self, method: str, path: str, **options: Any) -> Answer:
        """Send one request and check that the answer is as described."""
        options.setdefault("headers", self.headers)
        response = self._http.request(method, self.simulator.api_url + path, **options)
        document = json.loads(response.data) if response.data else None
        if not path.startswith("/admin/"):
            _check(method, path, response.status, response.headers, document)
        return Answer(response.status, response.headers, document)

    def get(self, path: str) -> Answer:
        return self.send("GET", path)

    def post(self, path: str, document: Any = None) -> Answer:
        return self.send("POST", path, json=document) if document is not None else self.send("POST", path)

    def delete(self, path: str) -> Answer:
        return self.send("DELETE", path)

    def submit(self, job_id: str = "job", **changed: Any) -> Answer:
        """Submit a job whose params exist."""
        put_params(self.simulator, job_id)
        return self.post("/v1/jobs", run_job(self.simulator, job_id, **changed))

    def job(self, job_id: str = "job") -> Any:
        """Return the job object."""
        answer = self.get(f"/v1/jobs/{job_id}")
        assert answer.status == 200
        return answer.document

    def ended_job(self, job_id: str = "job") -> Any:
        """Return the job object once the job has ended."""
        self.simulator.wait_for(job_id, 20)
        return self.job(job_id)


def token(simulator: Simulator, api_key: str | None = None) -> str:
    """Return an access token."""
    return simulator.tokens.issue(simulator.api_keys[api_key or simulator.api_key]).access_token


def client_of(simulator: Simulator, api_key: str | None = None) -> Client:
    """Return a client with a good token."""
    headers = {
        "Authorization": f"Bearer {token(simulator, api_key)}",
        "Service-CRN": simulator.service_crn,
        "IBM-API-Version": "2026-02-15",
    }
    return Client(simulator, headers)


def cos_option(simulator: Simulator, object_name: str) -> dict[str, str]:
    """Return a storage option of type ibmcloud_cos."""
    return {
        "type": "ibmcloud_cos",
        "region": "us-east",
        "region_type": "regional",
        "bucket_crn": simulator.bucket_crn,
        "object_name": object_name,
    }


def run_job(simulator: Simulator, job_id: str = "job", **changed: Any) -> dict[str, Any]:
    """Return the body of a submit, but for what is changed."""
    storage = {
        "input": cos_option(simulator, f"params:{job_id}"),
        "results": cos_option(simulator, f"results:{job_id}"),
        "logs": cos_option(simulator, f"logs:{job_id}"),
    }
    body = {
        "id": job_id,
        "backend": "ibm_examplesite",
        "program_id": "sampler",
        "timeout_secs": 600,
        "storage": storage,
    }
    return {**body, **changed}


def put_object(simulator: Simulator, key: str, content: bytes) -> None:
    """Write an object behind the API's back."""
    source = simulator.directory / f"upload-{hash(key):x}"
    source.write_bytes(content)
    simulator.store.write(simulator.bucket, key, source)
    source.unlink()


def put_params(simulator: Simulator, job_id: str) -> None:
    """Write the params of a job."""
    put_object(simulator, f"params:{job_id}", b'{"pubs": []}')


def object_content(simulator: Simulator, key: str) -> bytes | None:
    """Return an object's content, None where there is none."""
    found = simulator.store.read(simulator.bucket, key)
    if found is None:
        return None
    path, length = found
    return path.read_bytes()[:length]


def _check(method: str, path: str, status: int, headers: Mapping[str, str], document: Any) -> None:
    if status == 204:
        assert document is None
        return
    assert headers["Content-Type"] == "application/json"
    schema = _schema(method, path.partition("?")[0], status)
    Draft202012Validator(schema, registry=_REGISTRY, format_checker=FORMATS).validate(document)


def _schema(method: str, path: str, status: int) -> dict[str, Any]:
    operation = _operation(method, path)
    if operation is None:  # no such path or method: the one thing it can be is an error
        return {"$ref": "urn:api#/components/schemas/Error"}
    responses = operation["responses"]
    response = responses[str(status) if str(status) in responses else "default"]
    assert status < 300 or "$ref" in response
    if "$ref" in response:
        return {"$ref": "urn:api#/components/schemas/Error"}
    schema = response["content"]["application/json"]["schema"]
    return {"$ref": f"urn:api{schema['$ref']}"} if "$ref" in schema else schema


def _operation(method: str, path: str) -> Any:
    for template, operations in DESCRIPTION["paths"].items():
        wanted, found = template.split("/"), path.split("/")
        if len(wanted) == len(found) and all(
            w == f or w.startswith("{") for w, f in zip(wanted, found, strict=True)
        ):
            return operations.get(method.lower())
    return None
