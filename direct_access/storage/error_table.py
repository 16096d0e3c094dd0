"""What each refusal of an S3 store means, as data: by its code first, since statuses differ between stores.

https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
"""

from __future__ import annotations

from collections.abc import Iterable

from direct_access import errors
from direct_access.refusals.rules import Rule, Rules


def _same(rule: Rule, codes: Iterable[str]) -> dict[str, Rule]:
    return dict.fromkeys(codes, rule)


_NO_OBJECT = Rule(errors.NotFoundError, "the store has no such object")
_NO_UPLOAD = Rule(errors.NotFoundError, "the store has no such upload in parts")
_ANOTHER_SERVER = Rule(
    errors.ConfigurationError,
    "what answers there is not the store",
    "check endpoint_url of the storage, and any proxy on the way",
    retryable=True,
)
_NOT_ASKED_FOR = Rule(errors.StoreError, "the store answered what was not asked for")
_NO_BUCKET = Rule(
    errors.ConfigurationError,
    "the store has no such bucket",
    "check bucket and endpoint; on IBM Cloud a bucket answers at the endpoint of its own region only: check "
    "region and region_type",
)
_DENIED = Rule(
    errors.AccessError,
    "the store denies access",
    "check that these credentials may read, write and list this bucket; without the right to list, an object "
    "that does not exist is denied too",
)
_WRONG_KEY = Rule(
    errors.AccessError,
    "the store does not accept the credentials",
    "check access_key_id and the secret access key",
)
_WRONG_TOKEN = Rule(
    errors.AccessError,
    "the store does not accept the token",
    "check that the API key's account may use this bucket, or that the session token's source gives one that "
    "has not expired",
)
WRONG_CLOCK = Rule(
    errors.ConfigurationError,
    "the store refuses the time of the request",
    "set this node's clock (chrony or ntpd)",
)
_WRONG_REGION = Rule(
    errors.ConfigurationError,
    "the bucket lies in another region",
    "check region and endpoint_url of the storage",
)
_WRONG_FORM = Rule(
    errors.ConfigurationError,
    "the store does not accept how the request is signed",
    "check region and url_expiry_secs of the storage",
)
_BUSY = Rule(errors.StoreError, "the store is in trouble", retryable=True)
_DAMAGED = Rule(errors.StoreError, "the store received something else than was sent", retryable=True)
_TOO_LARGE = Rule(errors.StoreError, "the object is too large for one upload")
_FULL = Rule(errors.StoreError, "the store is full", "free space or raise the quota of the bucket")
_REFUSED = Rule(errors.StoreError, "the store refused the request")

_BY_CODE: dict[str, Rule] = {
    **_same(_NO_OBJECT, ("NoSuchKey",)),
    **_same(_NO_UPLOAD, ("NoSuchUpload",)),
    **_same(_NO_BUCKET, ("NoSuchBucket", "InvalidBucketName")),
    **_same(_DENIED, ("AccessDenied", "AllAccessDisabled", "AccountProblem", "InvalidObjectState")),
    **_same(_WRONG_KEY, ("InvalidAccessKeyId", "SignatureDoesNotMatch", "NotSignedUp", "InvalidSecurity")),
    **_same(_WRONG_TOKEN, ("ExpiredToken", "InvalidToken", "TokenRefreshRequired")),
    **_same(WRONG_CLOCK, ("RequestTimeTooSkewed", "RequestExpired", "ExpiredPresignRequest")),
    **_same(_WRONG_FORM, ("AuthorizationHeaderMalformed", "AuthorizationQueryParametersError")),
    **_same(
        _WRONG_REGION,
        ("IllegalLocationConstraintException", "PermanentRedirect", "Redirect", "TemporaryRedirect"),
    ),
    **_same(
        _BUSY,
        (
            "Busy",
            "InternalError",
            "OperationAborted",
            "RequestTimeout",
            "ServiceUnavailable",
            "SlowDown",
            "ThrottlingException",
        ),
    ),
    **_same(_DAMAGED, ("BadDigest", "IncompleteBody", "XAmzContentSHA256Mismatch")),
    **_same(_TOO_LARGE, ("EntityTooLarge",)),
    **_same(_FULL, ("InsufficientCapacity", "QuotaExceeded", "XMinioStorageFull")),
}

_BY_STATUS: dict[int, Rule] = {
    401: _WRONG_TOKEN,
    403: _DENIED,
    304: _NOT_ASKED_FOR,
    404: _ANOTHER_SERVER,  # without a code of the store's: a gateway writes it too
    408: _BUSY,
    413: _TOO_LARGE,
    429: _BUSY,
    501: _REFUSED,
    507: _FULL,
}

RULES = Rules(_REFUSED, _BY_CODE, _BY_STATUS, by_class={3: _WRONG_REGION, 5: _BUSY})
