"""A client that submits jobs, polls them until they are done and fetches their results, over one connection.

It does what the contract asks for and nothing else, and notes how long each request takes.
"""

from __future__ import annotations

import time
import uuid
from collections import defaultdict
from typing import Any

import urllib3

from bench.load_system import LoadedSystem

FIRST_POLL_SECS = 0.25
LATER_POLL = 0.05
"""The next poll comes after this part of the time waited so far, as ``direct-access`` does it."""


class LoadClient:
    """One user.

    :ivar took: seconds of each request, by what it was for
    :ivar statuses: how jobs ended, by their id
    """

    def __init__(self, loaded: LoadedSystem) -> None:
        self.took: dict[str, list[float]] = defaultdict(list)
        self.statuses: dict[str, str] = {}
        self._system = loaded.system
        self._api_key = loaded.api_key
        self._http = urllib3.PoolManager(maxsize=1, retries=False)
        self._headers: dict[str, str] = {}

    def log_in(self) -> None:
        """Get a token."""
        fields = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": self._api_key}
        url = f"{self._system['iam_url']}/identity/token"
        answer = self._ask("token", "POST", url, fields=fields, encode_multipart=False)
        self._headers = {
            "Authorization": f"Bearer {answer.json()['access_token']}",
            "Service-CRN": self._system["service_crn"],
        }

    def submit(self, params: bytes) -> str:
        """Upload params and submit a sampler job; return its id."""
        job_id = str(uuid.uuid4())
        self._ask("upload", "PUT", self._object_url("params", job_id), body=params)
        document = {
            "id": job_id,
            "program_id": "sampler",
            "backend": self._system["default_backend"],
            "timeout_secs": 600,
            "storage": {
                block: self._storage_block(name, job_id)
                for block, name in (("input", "params"), ("results", "results"), ("logs", "logs"))
            },
        }
        self._ask("submit", "POST", f"{self._system['url']}/v1/jobs", json=document)
        return job_id

    def wait(self, job_ids: list[str]) -> None:
        """Poll jobs until all are done."""
        begun = time.monotonic()
        left = list(job_ids)
        while left:
            waited = time.monotonic() - begun
            time.sleep(max(FIRST_POLL_SECS, LATER_POLL * waited))
            for job_id in list(left):
                job = self._ask("poll", "GET", f"{self._system['url']}/v1/jobs/{job_id}").json()
                if job["status"] != "Running":
                    self.statuses[job_id] = job["status"]
                    left.remove(job_id)

    def fetch(self, job_id: str) -> int:
        """Read the results of a job and forget it; return their size."""
        size = 0
        answer = self._ask("results", "GET", self._object_url("results", job_id), preload_content=False)
        for block in answer.stream(1 << 20):
            size += len(block)
        answer.release_conn()
        self._ask("delete", "DELETE", f"{self._system['url']}/v1/jobs/{job_id}")
        return size

    def _ask(self, purpose: str, method: str, url: str, **options: Any) -> Any:
        begun = time.perf_counter()
        answer = self._http.request(method, url, headers=self._headers or None, **options)
        self.took[purpose].append(time.perf_counter() - begun)
        if answer.status >= 300:
            raise RuntimeError(f"{purpose}: {answer.status} {answer.data[:500]!r}")
        return answer

    def _object_url(self, kind: str, job_id: str) -> str:
        storage = self._system["storage"]
        return f"{storage['endpoint_url']}/{storage['bucket']}/{kind}:{job_id}"

    def _storage_block(self, kind: str, job_id: str) -> dict[str, str]:
        bucket = self._system["storage"]["bucket"]
        return {
            "type": "ibmcloud_cos",
            "region": "us-east",
            "region_type": "regional",
            "bucket_crn": f"crn:v1:bluemix:public:cloud-object-storage:global:a/load:load:bucket:{bucket}",
            "object_name": f"{kind}:{job_id}",
        }
