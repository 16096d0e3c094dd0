"""Where the objects of a bucket are, as URLs.

Path style (``endpoint/bucket/key``) works with every store and every endpoint; some stores want the bucket in
the host instead (https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html). The key is
percent-encoded as SigV4 wants it, everything but unreserved characters and the slash: a colon is ``%3A`` both
where it is signed and where it is sent
(https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, UriEncode).
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import quote, unquote, urlsplit

from direct_access.errors import InputError
from direct_access.light_dataclass import dataclass

_HOST_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{1,61}[a-z0-9])?")

LONGEST_NAME_BYTES = 1024
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html"""


@dataclass(frozen=True)
class BucketAddress:
    """A bucket as we reach it, and as the quantum system reaches it.

    :param endpoint_url: base URL of the store for our requests
    :param service_endpoint_url: base URL of the store for those of the quantum system
    :param addressing_style: ``path``, or ``virtual`` for the bucket in the host
    """

    bucket: str
    endpoint_url: str
    service_endpoint_url: str
    addressing_style: str = "path"

    @property
    def is_possible(self) -> bool:
        """Whether the bucket can stand where the style says: a host has names of letters, digits and hyphens.

        Names with dots are left out: a certificate for ``*.host`` does not cover them.
        """
        if self.addressing_style == "path":
            return True
        hosts = [urlsplit(url).hostname or "" for url in (self.endpoint_url, self.service_endpoint_url)]
        return bool(_HOST_LABEL.fullmatch(self.bucket)) and not any(map(_is_ip_address, hosts))

    def url(self, name: str) -> str:
        """Return the URL of an object for our requests.

        :raises InputError: if this is not a valid name for an object
        """
        return self._below(self.endpoint_url, name)

    def service_url(self, name: str) -> str:
        """Return the URL of an object for the quantum system's requests, without any signature."""
        return self._below(self.service_endpoint_url, name)

    def name_of(self, location: str) -> str | None:
        """Return the name of the object at a URL for the quantum system, None if it is not in this bucket."""
        base, found = urlsplit(self._bucket_url(self.service_endpoint_url)), urlsplit(location)
        if (found.scheme, found.netloc.lower()) != (base.scheme, base.netloc.lower()):
            return None
        path, prefix = unquote(found.path), f"{unquote(base.path)}/"
        return path[len(prefix) :] or None if path.startswith(prefix) else None

    def _below(self, endpoint_url: str, name: str) -> str:
        check_name(name)
        return f"{self._bucket_url(endpoint_url)}/{quote(name, safe='/')}"

    def _bucket_url(self, endpoint_url: str) -> str:
        if self.addressing_style == "virtual":
            scheme, mark, rest = endpoint_url.rstrip("/").partition("://")
            return f"{scheme}{mark}{self.bucket}.{rest}"
        return f"{endpoint_url.rstrip('/')}/{quote(self.bucket, safe='')}"

    def __str__(self) -> str:
        return f"bucket {self.bucket} at {urlsplit(self.endpoint_url).netloc.rpartition('@')[2]}"


def _is_ip_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def check_name(name: str) -> None:
    """Refuse what cannot name an object everywhere.

    :raises InputError: empty, too long, with control characters (which break listings), or with a segment of
        dots (which HTTP clients take for directories: RFC 3986, 5.2.4)
    """
    if not 1 <= len(name.encode("utf-8", "surrogatepass")) <= LONGEST_NAME_BYTES:
        raise InputError(f"an object name has 1 to {LONGEST_NAME_BYTES} bytes", subject=name[:80])
    if not name.isprintable():
        raise InputError(f"the object name {name!r} has unprintable characters", subject=name)
    if any(segment in (".", "..") for segment in name.split("/")):
        raise InputError(f"the object name {name!r} has a segment of dots", subject=name)
