"""IBM Cloud Object Storage: its endpoints, by region and kind of region.

https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-endpoints. A bucket answers at the
endpoint of its own location only, and its CRN does not tell which one that is.
"""

from __future__ import annotations

import re

LOCATIONS: dict[str, tuple[str, ...]] = {
    "regional": (
        "us-south",
        "us-east",
        "eu-gb",
        "eu-de",
        "eu-es",
        "au-syd",
        "jp-tok",
        "jp-osa",
        "ca-tor",
        "ca-mon",
        "br-sao",
        "in-che",
        "in-mum",
    ),
    "cross-region": ("us", "eu", "ap"),
    "single-site": ("ams03", "che01", "mon01", "par01", "sjc04", "sng01"),
}
_OTHER_NAMES = {
    "us-geo": "us",
    "eu-geo": "eu",
    "ap-geo": "ap",
}  # of the catalogue, for cross-region locations
_HOST_LABEL = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def endpoint_url(region: str, region_type: str) -> str:
    """Return the public endpoint of a location; one that is not known yet is taken at its word.

    :param region_type: ``regional``, ``cross-region`` or ``single-site``
    :raises ValueError: naming what is allowed
    """
    known = LOCATIONS.get(region_type)
    if known is None:
        raise ValueError(f"region_type {region_type!r}; allowed: {', '.join(LOCATIONS)}")
    location = _OTHER_NAMES.get(region, region)
    for kind, locations in LOCATIONS.items():
        if location in locations and kind != region_type:
            raise ValueError(f"region {region} is {kind}, not {region_type}")
    if not _HOST_LABEL.fullmatch(location):
        raise ValueError(f"region {region!r} is not a known location; {region_type} are: {', '.join(known)}")
    return f"https://s3.{location}.cloud-object-storage.appdomain.cloud"
