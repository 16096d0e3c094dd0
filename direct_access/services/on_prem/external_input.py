"""Params that a job file names in a store, instead of bringing them along."""

from __future__ import annotations

import contextlib

from direct_access.config.settings import System
from direct_access.errors import AccessError, InputError
from direct_access.services.on_prem.handle import OnPremHandle, placement
from direct_access.services.on_prem.storage_choice import bucket_address
from direct_access.services.on_prem.stores import Stores


def require_input(system: System, stores: Stores, handle: OnPremHandle) -> None:
    """Find out before the job runs in vain, if we may look: the system reads it by a right of its own.

    :raises InputError: if there is no such object
    """
    place = placement(system, handle, "input")
    with contextlib.suppress(AccessError):
        if stores[place.storage].head(place.name) is None:
            raise InputError(
                f"the input object {place.name} does not exist in {bucket_address(place.storage)}",
                subject=place.name,
                advice="upload it, or give pubs or params in the job file",
            )
