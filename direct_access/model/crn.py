"""Cloud Resource Names, the names IBM Cloud gives to service instances and buckets.

``crn:version:cname:ctype:service-name:location:scope:service-instance:resource-type:resource``, ten fields of
which some may be empty (https://cloud.ibm.com/docs/account?topic=account-crn).
"""

from __future__ import annotations

from urllib.parse import unquote

from direct_access.light_dataclass import dataclass

IBM_CLOUD = "crn:v1:bluemix:"
"""How the CRNs of IBM Cloud begin."""
_FIELDS = 10
_OBJECT_STORAGE = "cloud-object-storage"


@dataclass(frozen=True)
class Crn:
    """The fields of a Cloud Resource Name after the leading ``crn``.

    :param resource: decoded; the only field that may itself contain colons and slashes
    """

    version: str
    cname: str
    ctype: str
    service_name: str
    location: str
    scope: str
    service_instance: str
    resource_type: str
    resource: str

    @property
    def account(self) -> str | None:
        """The account id, where the scope is an account (``a/<id>``)."""
        kind, _, account = self.scope.partition("/")
        return account if kind == "a" else None

    @property
    def bucket(self) -> str | None:
        """The name of the bucket, where this is the CRN of one."""
        is_bucket = self.service_name == _OBJECT_STORAGE and self.resource_type == "bucket"
        return self.resource if is_bucket else None

    @property
    def instance(self) -> str:
        """The CRN of the service instance to which the resource belongs."""
        fields = (self.version, self.cname, self.ctype, self.service_name, self.location, self.scope)
        return ":".join(("crn", *fields, self.service_instance, "", ""))


def parse_crn(text: str) -> Crn:
    """Read a CRN.

    :raises ValueError: if it is not a CRN, or if fields are missing at its end
    """
    fields = text.strip().split(":", _FIELDS - 1)
    if fields[0] != "crn":
        raise ValueError(f"{text!r} is not a valid CRN: it does not begin with crn:")
    if len(fields) < _FIELDS:
        raise ValueError(
            f"{text!r} has {len(fields)} of the {_FIELDS} fields of a CRN: was it cut by the shell? "
            "Quote it, and keep the colons at its end"
        )
    fields[-1] = unquote(fields[-1])
    return Crn(*fields[1:])


def parse_instance_crn(text: str) -> Crn:
    """Read the CRN of a service instance.

    :raises ValueError: as :func:`parse_crn`, and if it names no instance
    """
    crn = parse_crn(text)
    if not crn.service_instance:
        raise ValueError(f"{text!r} names no service instance: its eighth field is empty")
    return crn


def parse_bucket_crn(text: str) -> Crn:
    """Read the CRN of a bucket; its ``bucket`` is not None.

    :raises ValueError: as :func:`parse_crn`, and if it is not the CRN of a bucket
    """
    crn = parse_crn(text)
    if not crn.bucket:
        raise ValueError(f"{text!r} is not the CRN of a bucket, which ends with :bucket:<name>")
    return crn
