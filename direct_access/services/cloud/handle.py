"""What is written down to find a job in the cloud again.

The server chooses the id of a job, and knows it by no other name of ours; so every job of ours has a tag that
no other job has, by which it is found as long as its id is not known here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import cast

from direct_access.errors import ConfigurationError, InputError
from direct_access.light_dataclass import dataclass
from direct_access.model.cloud_options import SessionOptions
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


class NamedSession(SessionOptions, total=False):
    """The session of a handle, as the journal keeps it, with its ``id`` once that is known."""

    id: str


@dataclass(frozen=True)
class CloudHandle:
    """A :data:`direct_access.services.protocol.Handle` of this service.

    :param id: the server's, None as long as it is not known here
    :param tag: no other job has it; None for a job that is not ours
    :param session: the session by name in which the job runs, None for none
    """

    id: str | None
    tag: str | None
    session: NamedSession | None = None

    @property
    def key(self) -> str:
        """What identifies the job inside this process."""
        return self.tag or self.id or ""

    def to_json(self) -> Handle:
        """Return the handle as the journal keeps it; :meth:`of` is the way back."""
        document: dict[str, object] = {"id": self.id, "tag": self.tag}
        return document if self.session is None else {**document, "session": dict(self.session)}

    @classmethod
    def of(cls, handle: Handle) -> CloudHandle:
        """Read a handle.

        :raises ConfigurationError: if it is one of another service
        """
        job_id = handle["id"]
        if "tag" not in handle:
            raise ConfigurationError(
                "this run was not sent to a system in the cloud",
                subject=str(job_id),
                advice="its system had another service then: check the configuration of the system",
            )
        return cls(job_id, handle["tag"], handle.get("session"))


def make_handle(job: NewJob) -> CloudHandle:
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
    session: NamedSession | None = None
    if "session" in cloud:
        session = cast(NamedSession, {"name": job.id, **cloud["session"]})
    return CloudHandle(None, tag_of(job.id), session)
