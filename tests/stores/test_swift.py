"""The starter of Swift."""

from __future__ import annotations

import urllib.request
from pathlib import Path

from tests.stores.swift import Swift
from tests.stores.test_seaweedfs import listening_addresses


def test_it_answers_on_loopback_only_and_nothing_is_left_of_it() -> None:
    with Swift() as store:
        assert urllib.request.urlopen(f"{store.endpoint_url}/healthcheck").status == 200
        processes = [Path(f"/proc/{pid}") for pid in store.pids]
        assert len(processes) == 4
        for pid in store.pids:
            assert listening_addresses(pid) == {"0100007F"}
    assert not any(process.exists() for process in processes)
    assert not store.directory.exists()
