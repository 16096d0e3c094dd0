"""What each refusal of IAM means, as data."""

from __future__ import annotations

from direct_access import errors
from direct_access.refusals.rules import Rule, Rules

_KEY_REFUSED = Rule(
    errors.AccessError,
    "IAM refused the API key",
    "check the API key that api_key_file or api_key_command gives, and iam_url",
)
_TROUBLE = Rule(errors.UnavailableError, "IAM is in trouble", retryable=True)

RULES = Rules(
    otherwise=Rule(errors.ProtocolError, "IAM answered outside its contract", "check iam_url"),
    by_status={400: _KEY_REFUSED, 401: _KEY_REFUSED, 403: _KEY_REFUSED, 408: _TROUBLE, 429: _TROUBLE},
    by_class={5: _TROUBLE},
)
