"""Why a request about a job is refused. The codes are the API's, their HTTP status is not known here."""

from __future__ import annotations


class Refusal(Exception):
    """The request is refused.

    :cvar code: the API's error code
    :cvar solution: what can be done
    """

    code = ""
    solution = ""


class DuplicateJob(Refusal):
    code = "1231"
    solution = "Choose another id, or delete the job that has it."

    def __init__(self, job_id: str) -> None:
        super().__init__(f"A job with the id {job_id} exists already.")


class LanesFull(Refusal):
    code = "1232"
    solution = "Wait until a job has ended, and delete the jobs that have."

    def __init__(self, backend: str, lanes: int) -> None:
        super().__init__(f"All {lanes} execution lanes of {backend} are in use.")


class BackendReserved(Refusal):
    code = "1233"
    solution = "Wait until the reservation ends."

    def __init__(self, backend: str) -> None:
        super().__init__(f"Backend {backend} is reserved.")


class BackendUnavailable(Refusal):
    code = "1004"
    solution = "Wait until the backend is online again, or choose another one."

    def __init__(self, backend: str, status: str) -> None:
        super().__init__(f"Backend {backend} is {status}.")


class UnknownJob(Refusal):
    code = "1291"
    solution = "Check the id; a deleted job cannot be found any more."

    def __init__(self, job_id: str) -> None:
        super().__init__(f"Job {job_id} not found.")


class JobIsFinal(Refusal):
    code = "1306"
    solution = "Nothing is left to be cancelled."

    def __init__(self, job_id: str, status: str) -> None:
        super().__init__(f"Job {job_id} cannot be cancelled: it is {status}.")


class JobIsRunning(Refusal):
    code = "1337"
    solution = "Cancel the job before."

    def __init__(self, job_id: str, status: str) -> None:
        super().__init__(f"Job {job_id} cannot be deleted: it is {status}.")
