"""What each store answers, as data: a change in either direction is noticed.

``S3`` is what AWS documents; the simulator keeps to it. The table of another store names only where it
differs.
"""

from __future__ import annotations

from collections.abc import Mapping

Expectations = Mapping[str, object]

S3: Expectations = {
    "key params:UUID": "intact",
    "key blank plus ampersand": "intact",
    "key //": "intact",
    "key ..": "intact",
    "key .": "intact",
    "key leading ..": "intact",
    "key slash at the end": "intact",
    "key quotes and angles": "intact",
    "key backslash": "intact",
    "key other scripts": "intact",
    "key 255 bytes and more in one name": "intact",
    "checksums are told": True,
    "DELETE bucket that holds objects": (409, "BucketNotEmpty"),
    "anonymous": (403, "AccessDenied"),
    "wrong secret": (403, "SignatureDoesNotMatch"),
    "unknown access key": (403, "InvalidAccessKeyId"),
    "clock 2 hours slow": (403, "RequestTimeTooSkewed"),
    "clock 2 hours fast": (403, "RequestTimeTooSkewed"),
    "SigV2 header": (400, "InvalidRequest"),
    "malformed authorization": (400, "AuthorizationHeaderMalformed"),
    "payload hash of another body": (400, "XAmzContentSHA256Mismatch"),
    "x-amz header that is not signed": (403, "AccessDenied"),
    "100 Continue before a refusal": False,
    "chunk changed after signing": (403, "SignatureDoesNotMatch"),
    "trailing checksum of another body": (400, "BadDigest"),
    "aws-chunked body that ends early": (400, "IncompleteBody"),
    "Content-Encoding of an aws-chunked body": None,
    "URL of the future": (403, "AccessDenied"),
    "URL for 604801 s": (400, "AuthorizationQueryParametersError"),
    "URL for 0 s": (400, "AuthorizationQueryParametersError"),
    "URL for -1 s": (400, "AuthorizationQueryParametersError"),
    "URL without X-Amz-Algorithm": (400, "AuthorizationQueryParametersError"),
    "URL without X-Amz-Credential": (400, "AuthorizationQueryParametersError"),
    "URL without X-Amz-Date": (400, "AuthorizationQueryParametersError"),
    "URL without X-Amz-Expires": (400, "AuthorizationQueryParametersError"),
    "URL without X-Amz-SignedHeaders": (400, "AuthorizationQueryParametersError"),
    "URL without X-Amz-Signature": (400, "AuthorizationQueryParametersError"),
    "URL and Authorization": (400, "InvalidArgument"),
}

# SeaweedFS 4.48: keys are paths of a file system, what a body is to hash to is not compared.
SEAWEEDFS: Expectations = {
    **S3,
    "key //": ["dir/double"],
    "key ..": (400, "InvalidRequest"),
    "key .": (400, "InvalidRequest"),
    "key leading ..": (400, "InvalidRequest"),
    "key slash at the end": ["directory/"],
    "key backslash": ["back/slash"],
    "key 255 bytes and more in one name": (400, "KeyTooLongError"),
    "DELETE bucket that holds objects": (204, ""),
    "SigV2 header": (403, "SignatureDoesNotMatch"),
    "malformed authorization": (400, "MissingFields"),
    "payload hash of another body": (200, ""),
    "x-amz header that is not signed": (403, "SignatureDoesNotMatch"),
    "100 Continue before a refusal": True,
    "chunk changed after signing": (500, "InternalError"),
    "trailing checksum of another body": (400, "InvalidDigest"),
    "Content-Encoding of an aws-chunked body": "aws-chunked",
    "URL of the future": (200, ""),
    "URL for 0 s": (403, "AccessDenied"),
    "URL without X-Amz-Algorithm": (400, "InvalidRequest"),
    "URL without X-Amz-Credential": (403, "AccessDenied"),
    "URL without X-Amz-Date": (400, "AccessDenied"),
    "URL without X-Amz-SignedHeaders": (400, "MissingFields"),
    "URL without X-Amz-Signature": (400, "MissingFields"),
    "URL and Authorization": (200, ""),
}

# OpenStack Swift 2.38: checksums are verified and forgotten; what shows no sign of S3 is a request to Swift.
SWIFT: Expectations = {
    **S3,
    "checksums are told": False,
    "anonymous": (400, ""),
    "unknown access key": (403, "SignatureDoesNotMatch"),
    "SigV2 header": (403, "AccessDenied"),
    "malformed authorization": (403, "AccessDenied"),
    "URL of the future": (200, ""),
    "URL for 0 s": (403, "AccessDenied"),
    "URL without X-Amz-Algorithm": (400, "InvalidArgument"),
    "URL without X-Amz-Credential": (400, ""),
    "URL without X-Amz-Date": (403, "AccessDenied"),
    "URL without X-Amz-Expires": (403, "AccessDenied"),
    "URL without X-Amz-SignedHeaders": (400, "AuthorizationHeaderMalformed"),
    "URL without X-Amz-Signature": (403, "AccessDenied"),
    "URL and Authorization": (200, ""),
}
