"""What is written down to find a job in the cloud again.

The server chooses the id of a job, and knows it by no other name of ours; so every job of ours has a tag that
no other job has, by which it is found as long as its id is not known here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from direct_access.errors import InputError
from direct_access.qiskit_runtime.job_request import LONGEST_TAG, MOST_TAGS
from direct_access.services.protocol import Handle, NewJob

TAG_PREFIX = "direct-access:"
COLLECT_BY_PREFIX = "direct-access-collect-by:"
TAGS_OF_OURS = 2


def tag_of(job_id: str) -> str:
    """Return the tag of a job, given the id that we chose for it."""
    tag = TAG_PREFIX + job_id
    return tag if len(tag) <= LONGEST_TAG else TAG_PREFIX + hashlib.sha256(job_id.encode()).hexdigest()


def own_tag(tags: Sequence[str]) -> str | None:
    """Return the tag of ours among those of a job, None for a job that is not ours."""
    return next((tag for tag in tags if tag.startswith(TAG_PREFIX)), None)


def make_handle(job: NewJob) -> Handle:
    """Return the handle of a job that is not yet sent.

    :raises InputError: if it names params in a store, or too many tags
    """
    if job.external_input:
        raise InputError(
            "neither pubs nor params are given; a job in the cloud brings its params along",
            subject="params",
            advice="add pubs or params to the job file",
        )
    cloud, most = job.cloud, MOST_TAGS - TAGS_OF_OURS
    if len(cloud.get("tags", [])) > most:
        raise InputError(f"{len(cloud['tags'])} tags; allowed: {most} at most", subject="tags")
    handle: dict[str, object] = {"id": None, "tag": tag_of(job.id)}
    if "session" in cloud:
        handle["session"] = {"name": job.id, **cloud["session"]}
    return handle
