"""Which server has an instance: its CRN names the region."""

from __future__ import annotations

from urllib.parse import urlsplit

from direct_access.errors import ConfigurationError
from direct_access.model.crn import Crn, parse_instance_crn

SERVICE_NAME = "quantum-computing"
HOST = "quantum.cloud.ibm.com"
FIRST_REGION = "us-east"
"""The region whose server has no prefix."""


def instance_of(service_crn: str) -> Crn:
    """Return the CRN of an instance of Qiskit Runtime.

    :raises ConfigurationError: if it is not a CRN, or one of another service
    """
    try:
        crn = parse_instance_crn(service_crn)
    except ValueError as error:
        raise ConfigurationError(str(error), subject="service_crn", advice=_COPY) from error
    if crn.service_name != SERVICE_NAME:
        raise ConfigurationError(
            f"service_crn names an instance of {crn.service_name or 'no service'}, not of {SERVICE_NAME}",
            subject="service_crn",
            advice=_COPY,
        )
    return crn


def base_url(service_crn: str, url: str | None = None) -> str:
    """Return the base URL of the API, above ``/v1``.

    :param url: what is configured instead; a server of IBM must be the one of the CRN's region
    :raises ConfigurationError: as :func:`instance_of`, and if the server is one of another region
    """
    region = instance_of(service_crn).location
    prefix = "" if region == FIRST_REGION else f"{region}."
    if not url:
        return f"https://{prefix}{HOST}/api"
    configured = urlsplit(url).hostname or ""
    if _region_at(configured) not in (None, region):
        raise ConfigurationError(
            f"the instance is in {region}, and {configured} serves another region",
            subject="url",
            advice=f"leave out the url: it follows from the CRN, https://{prefix}{HOST}/api",
        )
    return url.rstrip("/")


def _region_at(host: str) -> str | None:
    """Return the region of a server of IBM, None for any other."""
    if host != HOST and not host.endswith(f".{HOST}"):
        return None
    prefix = host.removesuffix(HOST).strip(".").removeprefix("private").strip(".")
    return prefix or FIRST_REGION


_COPY = "copy the CRN of the instance from https://quantum.cloud.ibm.com/instances"
