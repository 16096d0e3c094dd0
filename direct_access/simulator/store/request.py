"""What a request addresses: bucket, key and parameters of a path-style S3 URL."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message
from functools import cached_property
from urllib.parse import unquote_to_bytes

from direct_access.simulator.http import Request, RequestBody
from direct_access.simulator.store.errors import StoreError

MAX_KEY_BYTES = 1024


@dataclass(frozen=True)
class S3Request:
    """A request as S3 sees it.

    :param bucket: empty for the service itself
    :param key: empty for the bucket itself; any text, never normalised
    """

    http: Request
    bucket: str
    key: str

    @classmethod
    def parse(cls, http: Request) -> S3Request:
        """Return the request.

        :raises StoreError: InvalidURI, KeyTooLongError
        """
        bucket, _, key = decode(http.path)[1:].partition("/")
        if "\0" in key:
            raise StoreError("InvalidURI", "A key cannot hold a NUL character.")
        if len(key.encode()) > MAX_KEY_BYTES:
            raise StoreError("KeyTooLongError", details={"MaxSizeAllowed": str(MAX_KEY_BYTES)})
        return cls(http, bucket, key)

    @property
    def method(self) -> str:
        return self.http.method

    @property
    def headers(self) -> Message:
        return self.http.headers

    @property
    def body(self) -> RequestBody:
        return self.http.body

    @cached_property
    def parameters(self) -> dict[str, str]:
        """The decoded query; the last of equal names counts."""
        return {decode_query(name): decode_query(value) for name, value in query_pairs(self.http.query)}

    def header(self, name: str) -> str:
        """Return a header without surrounding blanks, empty if it is absent."""
        return str(self.headers.get(name) or "").strip()


def decode(text: str) -> str:
    """Return percent-encoded text as it came over the wire (http.server reads it as Latin-1) in clear.

    :raises StoreError: InvalidURI if it is not UTF-8
    """
    try:
        return unquote_to_bytes(text.encode("latin-1")).decode()
    except UnicodeError as error:
        raise StoreError("InvalidURI") from error


def decode_query(text: str) -> str:
    """Return part of a query in clear; there a plus sign is a space."""
    return decode(text.replace("+", " "))


def query_pairs(query: str) -> list[tuple[str, str]]:
    """Return names and values of a query, still encoded."""
    parts = [part.partition("=") for part in query.split("&") if part]
    return [(name, value) for name, _, value in parts]
