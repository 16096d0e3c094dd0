"""One call of a REST API, as data."""

from __future__ import annotations

from direct_access.light_dataclass import dataclass


@dataclass(frozen=True)
class Endpoint:
    """One call of the API.

    :param path: below the base URL; ``{}`` stands for the job id or the name of the backend
    :param iam_action: what IAM must permit the caller
    :param names: what the ``{}`` names, such as ``job`` or ``backend``
    :param starts_job: it starts a job
    """

    method: str
    path: str
    iam_action: str | None = None
    names: str | None = None
    starts_job: bool = False

    @property
    def concerns_job(self) -> bool:
        """Whether it starts a job or is about one: a 404 without an API code says nothing of the job."""
        return self.starts_job or self.names == "job"
