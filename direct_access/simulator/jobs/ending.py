"""How a job can end."""

from __future__ import annotations

from dataclasses import dataclass

COMPLETED = "Completed"
FAILED = "Failed"
CANCELLED = "Cancelled"

RAN_TOO_LONG = 1305
WAS_CANCELLED = 5202
FAILED_TO_RUN = 5203


@dataclass(frozen=True)
class Ending:
    """How a job ended.

    :param status: Completed, Failed or Cancelled
    """

    status: str
    reason_code: int | None = None
    reason_message: str | None = None
    reason_solution: str | None = None

    def __post_init__(self) -> None:
        if self.status not in (COMPLETED, FAILED, CANCELLED):
            raise ValueError(f"status {self.status!r}; allowed: {COMPLETED}, {FAILED}, {CANCELLED}")
