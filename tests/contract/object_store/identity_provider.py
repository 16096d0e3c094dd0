"""An IAM of our own for bearer tokens, good ones and others."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from direct_access.clock import SystemClock
from direct_access.simulator.http import Server
from direct_access.simulator.iam.application import IamApplication
from direct_access.simulator.iam.tokens import AUDIENCE, TokenAuthority

API_KEY = "an-api-key"


@dataclass(frozen=True)
class IdentityProvider:
    """A running IAM.

    :param key: signs its tokens
    """

    issuer: str
    tokens: TokenAuthority
    key: Any
    audience: str = AUDIENCE

    @property
    def token_url(self) -> str:
        return f"{self.issuer}/identity/token"

    @property
    def jwks_url(self) -> str:
        return f"{self.issuer}/identity/keys"

    def token(self, key: Any = None, **changed: object) -> str:
        """Return a good token, but for what is changed."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": "me",
            "aud": self.audience,
            "iat": now,
            "exp": now + 600,
            "jti": str(now * 10**6),
        }
        key_id = self.tokens.key_set()["keys"][0]["kid"]
        return jwt.encode({**claims, **changed}, key or self.key, algorithm="RS256", headers={"kid": key_id})

    def forged_token(self) -> str:
        """Return a token that names the right key and is signed with another one."""
        return self.token(rsa.generate_private_key(public_exponent=65537, key_size=2048))


@contextmanager
def running_identity_provider(directory: Path) -> Iterator[IdentityProvider]:
    """Run an IAM on loopback."""
    clock = SystemClock()
    key_file = directory / "iam.pem"
    tokens = TokenAuthority(key_file, clock)
    server = Server(IamApplication(tokens, {API_KEY: "me"}, clock))
    tokens.issuer = server.url
    server.start()
    try:
        yield IdentityProvider(server.url, tokens, load_pem_private_key(key_file.read_bytes(), None))
    finally:
        server.stop()
