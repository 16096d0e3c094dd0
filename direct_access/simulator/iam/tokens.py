"""Access tokens: RS256 JSON Web Tokens (RFC 7519) whose key is published as a JWK Set (RFC 7517)."""

from __future__ import annotations

import itertools
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from direct_access.clock import Clock

AUDIENCE = "quantum-computing"
CACHED_TOKENS = 10_000


class InvalidToken(Exception):
    """The token is forged, expired, revoked or no token at all; the text says which."""


@dataclass(frozen=True)
class IssuedToken:
    """A token and when it ends.

    :param expires_in: life in seconds
    :param expiration: end of its life in seconds since the epoch
    """

    access_token: str
    expires_in: int
    expiration: int


@dataclass(frozen=True)
class _Verified:
    subject: str
    expiration: float
    serial: int


class TokenAuthority:
    """Issues, verifies and revokes tokens.

    :param key_file: PEM file of the RSA key, made (mode 0600) where it does not exist, kept for restarts
    :param lifetime_secs: life of the tokens issued from now on; may be changed at any time
    """

    def __init__(self, key_file: Path, clock: Clock, lifetime_secs: int = 3600) -> None:
        self.issuer = ""
        self.lifetime_secs = lifetime_secs
        self._clock = clock
        self._key = _load_or_create(key_file)
        self._public_key = self._key.public_key()
        self._jwk: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(self._public_key, as_dict=True)
        self._key_id = self._jwk["n"][:16]
        self._serials = itertools.count(int(clock.wall() * 1e6))
        self._first_valid_serial = 0
        self._verified: dict[str, _Verified] = {}
        self._lock = threading.Lock()

    def issue(self, subject: str) -> IssuedToken:
        """Return a new token for this identity."""
        now = int(self._clock.wall())
        expiration = now + self.lifetime_secs
        claims = {
            "iss": self.issuer,
            "sub": subject,
            "aud": AUDIENCE,
            "iat": now,
            "exp": expiration,
            "jti": str(next(self._serials)),
            "iam_id": subject,
            "grant_type": "urn:ibm:params:oauth:grant-type:apikey",
            "scope": "ibm openid",
        }
        token = jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self._key_id})
        return IssuedToken(token, self.lifetime_secs, expiration)

    def verify(self, token: str) -> str:
        """Return whose token this is.

        :raises InvalidToken: forged, of another issuer or audience, expired or revoked
        """
        verified = self._verified.get(token) or self._decode(token)
        if verified.expiration <= self._clock.wall():
            raise InvalidToken("the token has expired")
        if verified.serial < self._first_valid_serial:
            raise InvalidToken("the token was revoked")
        return verified.subject

    def accepts(self, token: str) -> bool:
        """Return whether :meth:`verify` would."""
        try:
            self.verify(token)
        except InvalidToken:
            return False
        return True

    def revoke_all(self) -> None:
        """Make every token issued so far invalid."""
        self._first_valid_serial = next(self._serials)

    def key_set(self) -> dict[str, Any]:
        """Return the JWK Set that verifies our tokens."""
        return {"keys": [{**self._jwk, "kid": self._key_id, "alg": "RS256", "use": "sig"}]}

    def _decode(self, token: str) -> _Verified:
        try:
            claims = jwt.decode(
                token,
                self._public_key,
                algorithms=["RS256"],
                audience=AUDIENCE,
                issuer=self.issuer,
                options={"verify_exp": False, "verify_iat": False, "require": ["exp", "sub", "jti"]},
            )
            verified = _Verified(str(claims["sub"]), float(claims["exp"]), int(claims["jti"]))
        except (jwt.InvalidTokenError, ValueError) as error:
            raise InvalidToken(f"the token is not valid: {error}") from error
        with self._lock:
            if len(self._verified) >= CACHED_TOKENS:
                self._verified.clear()
            self._verified[token] = verified
        return verified


def _load_or_create(key_file: Path) -> rsa.RSAPrivateKey:
    if key_file.exists():
        key = serialization.load_pem_private_key(
            key_file.read_bytes(),
            password=None,
            unsafe_skip_rsa_key_validation=True,  # we made it; the check takes 50 ms at every start
        )
        if not isinstance(key, rsa.RSAPrivateKey):
            raise ValueError(f"{key_file} holds no RSA key")
        return key
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    descriptor = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with open(descriptor, "wb") as file:
        file.write(pem)
    return key
