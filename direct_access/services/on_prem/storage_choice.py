"""In which storage an object of a job lies: the system's, refined by the job file's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from direct_access.config.settings import StorageSettings, System
from direct_access.errors import ConfigurationError, DirectAccessError, InputError
from direct_access.model.crn import parse_bucket_crn
from direct_access.model.storage import ROLES
from direct_access.storage.address import BucketAddress
from direct_access.storage.cos_endpoints import endpoint_url

KEYS: dict[str, tuple[str, ...]] = {
    "ibmcloud_cos": ("bucket_crn", "region", "region_type"),
    "s3_compatible": ("bucket", "region", "endpoint_url", "service_endpoint_url"),
}
"""What a job file may say of a storage, by its type; credentials belong into the configuration."""

_REQUIRED = {
    "ibmcloud_cos": ("bucket_crn", "region", "region_type"),
    "s3_compatible": ("bucket", "endpoint_url"),
}
_OPTIONAL_ANYWHERE = ("type", "object_name")


def refinements(storage: Mapping[str, Any] | None, role: str) -> dict[str, str]:
    """Return what a job file's ``storage`` says of one object: its own keys, and those that it inherits.

    Keys are inherited by an object of the same type only: a region of one store means nothing to another.
    """
    common = {name: value for name, value in (storage or {}).items() if name not in ROLES}
    own = dict((storage or {}).get(role) or {})
    inherits = own.get("type", common.get("type")) == common.get("type") or "type" not in common
    return {**common, **own} if inherits else own


def choose(system: System, refined: Mapping[str, str], role: str) -> StorageSettings:
    """Return the storage of an object.

    :param refined: what the job file says, as :func:`refinements` returns it
    :raises InputError: if that is not enough, or wrong
    :raises ConfigurationError: if the configuration is not enough, or wrong
    """
    kind = refined.get("type") or (system.storage.type if system.storage else None)
    if kind not in KEYS:
        raise _fault(refined, role, f"type {kind!r}; allowed: {', '.join(KEYS)}", "type")
    unknown = sorted(set(refined) - set(KEYS[kind]) - set(_OPTIONAL_ANYWHERE))
    if unknown:
        raise _fault(refined, role, f"{unknown[0]} does not belong to type {kind}", unknown[0])
    chosen = replace(_base(system, kind), **_changes(refined, kind))
    missing = [name for name in _REQUIRED[kind] if not getattr(chosen, name)]
    if missing:
        raise _fault(refined, role, f"type {kind} needs {' and '.join(missing)}", missing[0])
    _check_credentials(chosen, system)
    bucket_address(chosen, refined, role)
    return chosen


def bucket_address(
    storage: StorageSettings, refined: Mapping[str, str] | None = None, role: str = "input"
) -> BucketAddress:
    """Return where a storage is, without a request.

    :raises InputError: if what the job file says leads nowhere
    :raises ConfigurationError: if what the configuration says leads nowhere
    """
    if storage.type == "s3_compatible":
        bucket, own = storage.bucket or "", storage.endpoint_url or ""
    else:
        bucket, own = _cos_bucket(storage, refined, role)
    address = BucketAddress(
        bucket, own, storage.service_endpoint_url or own, addressing_style=storage.addressing_style
    )
    if not address.is_possible:
        raise _fault(
            refined or {},
            role,
            f"bucket {bucket!r} cannot stand before the host of {own} (addressing_style: virtual)",
            "bucket",
        )
    return address


def _cos_bucket(storage: StorageSettings, refined: Mapping[str, str] | None, role: str) -> tuple[str, str]:
    try:
        bucket = parse_bucket_crn(storage.bucket_crn or "").bucket or ""
        own = storage.endpoint_url or endpoint_url(storage.region or "", storage.region_type or "")
    except ValueError as error:
        raise _fault(refined or {}, role, str(error), "bucket_crn or region") from error
    return bucket, own


def _base(system: System, kind: str) -> StorageSettings:
    """Return the system's storage, or of one of another type what holds for every type."""
    configured = system.storage
    if configured and configured.type == kind:
        return configured
    common = configured or StorageSettings(type=kind)
    return StorageSettings(type=kind, prefix=common.prefix, url_expiry_secs=common.url_expiry_secs)


def _changes(refined: Mapping[str, str], kind: str) -> dict[str, Any]:
    changes: dict[str, Any] = {name: refined[name] for name in KEYS[kind] if name in refined}
    if kind == "s3_compatible" and "endpoint_url" in refined:
        changes.setdefault("service_endpoint_url", None)  # the system's leads to another store
    return changes


def _check_credentials(storage: StorageSettings, system: System) -> None:
    if storage.type == "s3_compatible" and not storage.secret_access_key:
        raise ConfigurationError(
            "storage of type s3_compatible needs an HMAC key: the quantum system uses presigned URLs there, "
            "and an IAM API key alone cannot presign",
            subject=f"systems.{system.name}.storage",
            advice="configure access_key_id and secret_access_key_file, or use storage of type ibmcloud_cos",
        )


def _fault(refined: Mapping[str, str], role: str, what: str, name: str) -> DirectAccessError:
    """Return an error that blames the job file if that says anything of storage, else the configuration."""
    if refined:
        return InputError(f"storage.{role}: {what}", subject=f"storage.{role}.{name}")
    return ConfigurationError(
        f"storage: {what}",
        subject="storage",
        advice="configure storage for this system, or name it in the job file",
    )
