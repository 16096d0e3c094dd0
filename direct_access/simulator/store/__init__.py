"""An S3-compatible object store of the standard library alone: SigV4 and bearer tokens, durable, fast.

It shares no code with a client: what verifies a signature must not be what made it.
"""

from direct_access.simulator.store.application import ObjectStore, StoredObject
from direct_access.simulator.store.errors import StoreError

__all__ = ["ObjectStore", "StoreError", "StoredObject"]
