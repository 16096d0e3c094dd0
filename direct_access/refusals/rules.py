"""What a refusal means, as data, and the error that comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from direct_access.clock import Clock
from direct_access.errors import DirectAccessError
from direct_access.light_dataclass import dataclass
from direct_access.refusals.error_body import ErrorBody, request_id
from direct_access.transport.retry_after import retry_after_secs


@dataclass(frozen=True)
class Rule:
    """What to make of a refusal.

    :param message: a sentence that the server's own words may follow
    :param retryable: whether the same request may succeed later without anybody changing anything
    """

    error: type[DirectAccessError]
    message: str
    advice: str | None = None
    retryable: bool = False

    def error_for(
        self,
        status: int,
        headers: Mapping[str, str],
        body: ErrorBody,
        clock: Clock,
        *,
        subject: str | None,
        message: str | None = None,
        advice: str | None = None,
    ) -> DirectAccessError:
        """Return the error that an answer means.

        :param headers: of the answer, names in any case
        :param message: instead of the rule's
        :param advice: instead of the rule's
        """
        sentence = message or self.message
        return self.error(
            f"{sentence}: {body.message}" if body.message else sentence,
            subject=subject,
            http_status=status,
            code=body.code,
            request_id=body.request_id or request_id(headers),
            retryable=self.retryable,
            retry_after_secs=retry_after_secs(headers, clock),
            advice=advice or self.advice,
        )


@dataclass(frozen=True)
class Rules:
    """The refusals of one kind of server.

    :param by_code: by the server's own code, which counts more than the status
    :param by_class: by the first digit of the status
    :param otherwise: of everything else
    """

    otherwise: Rule
    by_code: Mapping[str, Rule] = field(default_factory=dict)
    by_status: Mapping[int, Rule] = field(default_factory=dict)
    by_class: Mapping[int, Rule] = field(default_factory=dict)

    def rule_for(self, status: int, code: str | None = None) -> Rule:
        """Return the rule for a refusal, given its HTTP status and the server's code."""
        return (
            self.by_code.get(code or "")
            or self.by_status.get(status)
            or self.by_class.get(status // 100, self.otherwise)
        )
