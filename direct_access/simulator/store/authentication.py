"""Who may use the store: holders of an HMAC key (SigV4, SigV2 in URLs) or of a bearer token of IAM."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from direct_access.clock import Clock
from direct_access.simulator.store import sigv2, sigv4
from direct_access.simulator.store.claims import UNSIGNED_PAYLOAD, Claim, claim_of_header, claim_of_url
from direct_access.simulator.store.errors import StoreError
from direct_access.simulator.store.request import S3Request

MAX_SKEW_SECS = 900.0


@dataclass
class ChunkSigner:
    """Computes the signatures of an ``aws-chunked`` body, each of which covers the one before."""

    key: bytes
    timestamp: str
    scope: str
    previous: str

    def expect_chunk(self, chunk_sha256: str) -> str:
        """Return the signature that the next chunk must bear."""
        text = sigv4.chunk_string_to_sign(self.timestamp, self.scope, self.previous, chunk_sha256)
        self.previous = sigv4.sign(self.key, text)
        return self.previous

    def expect_trailer(self, trailer_sha256: str) -> str:
        """Return the signature that the trailers must bear."""
        text = sigv4.trailer_string_to_sign(self.timestamp, self.scope, self.previous, trailer_sha256)
        return sigv4.sign(self.key, text)


@dataclass(frozen=True)
class Proof:
    """What an authenticated request promised about its body.

    :param payload_hash: value of x-amz-content-sha256
    :param chunk_signer: None for bearer tokens
    """

    payload_hash: str
    chunk_signer: ChunkSigner | None = None


class Authenticator:
    """Refuses whoever cannot prove who they are.

    :param credentials: secret by access key id, looked up at each request: a URL dies with its key
    :param verify_bearer: whether a bearer token is good; None refuses all
    """

    def __init__(
        self, credentials: Mapping[str, str], verify_bearer: Callable[[str], bool] | None, clock: Clock
    ) -> None:
        self._credentials = credentials
        self._verify_bearer = verify_bearer
        self._clock = clock

    def authenticate(self, request: S3Request) -> Proof:
        """Return what the body must be.

        :raises StoreError: for whoever is not admitted
        """
        authorization = request.header("Authorization")
        presigned = "X-Amz-Algorithm" in request.parameters or "X-Amz-Signature" in request.parameters
        presigned_v2 = not presigned and sigv2.is_used(request)
        if authorization and (presigned or presigned_v2):
            raise StoreError("InvalidArgument", "Only one auth mechanism allowed")
        if presigned:
            return self._signed(request, claim_of_url(request))
        if presigned_v2:
            return self._signed_v2(request, sigv2.claim_of_url(request))
        if authorization.startswith(sigv4.ALGORITHM):
            return self._signed(request, claim_of_header(request))
        if authorization.lower().startswith("bearer "):
            return self._bearer(request, authorization[7:].strip())
        if authorization.startswith("AWS "):
            message = "The authorization mechanism that you provided is not supported. Use AWS4-HMAC-SHA256."
            raise StoreError("InvalidRequest", message)
        raise StoreError("AccessDenied")

    def _bearer(self, request: S3Request, token: str) -> Proof:
        if not self._verify_bearer or not self._verify_bearer(token):
            raise StoreError("AccessDenied")
        return Proof(request.header("x-amz-content-sha256") or UNSIGNED_PAYLOAD)

    def _secret(self, access_key_id: str) -> str:
        secret = self._credentials.get(access_key_id)
        if secret is None:
            raise StoreError("InvalidAccessKeyId", details={"AWSAccessKeyId": access_key_id})
        return secret

    def _signed_v2(self, request: S3Request, claim: sigv2.Claim) -> Proof:
        secret = self._secret(claim.access_key_id)
        if self._clock.wall() > claim.expires:
            raise StoreError("AccessDenied", "Request has expired", details={"Expires": str(claim.expires)})
        text = sigv2.string_to_sign(request, claim.expires)
        if not hmac.compare_digest(sigv2.sign(secret, text).encode(), claim.signature.encode()):
            raise StoreError("SignatureDoesNotMatch", details={"StringToSign": text})
        _check_no_session(request)
        return Proof(request.header("x-amz-content-sha256") or UNSIGNED_PAYLOAD)

    def _signed(self, request: S3Request, claim: Claim) -> Proof:
        secret = self._secret(claim.access_key_id)
        self._check_time(claim)
        _check_all_amz_headers_signed(request, claim)
        key = sigv4.signing_key(secret, claim.scope)
        http = request.http
        canonical = sigv4.canonical_request(
            http.method, http.path, http.query, http.headers, claim.signed_headers, claim.payload_hash
        )
        text = sigv4.request_string_to_sign(claim.timestamp, claim.scope, canonical)
        if not hmac.compare_digest(sigv4.sign(key, text).encode(), claim.signature.encode()):
            details = {"StringToSign": text, "CanonicalRequest": canonical}
            raise StoreError("SignatureDoesNotMatch", details=details)
        _check_no_session(request)
        return Proof(claim.payload_hash, ChunkSigner(key, claim.timestamp, claim.scope, claim.signature))

    def _check_time(self, claim: Claim) -> None:
        now = self._clock.wall()
        if claim.expiry_secs is None:
            if abs(now - claim.signed_at) > MAX_SKEW_SECS:
                raise StoreError("RequestTimeTooSkewed", details={"RequestTime": claim.timestamp})
        elif now < claim.signed_at - MAX_SKEW_SECS:
            raise StoreError("AccessDenied", "Request is not yet valid")
        elif now > claim.signed_at + claim.expiry_secs:
            raise StoreError(
                "AccessDenied", "Request has expired", details={"X-Amz-Expires": str(claim.expiry_secs)}
            )


def _check_no_session(request: S3Request) -> None:
    names = {name.lower() for name in [*request.headers, *request.parameters]}
    if "x-amz-security-token" in names:
        raise StoreError("InvalidToken", "This store issues no session tokens.")


def _check_all_amz_headers_signed(request: S3Request, claim: Claim) -> None:
    names = {name.lower() for name in request.headers if name.lower().startswith("x-amz-")}
    unsigned = sorted(names - set(claim.signed_headers))
    if unsigned:
        message = "There were headers present in the request which were not signed"
        raise StoreError("AccessDenied", message, details={"HeadersNotSigned": ", ".join(unsigned)})
