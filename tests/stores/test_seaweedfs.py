"""The starter of SeaweedFS."""

from __future__ import annotations

import contextlib
import urllib.request
from pathlib import Path

from tests.stores.seaweedfs import GRPC_OFFSET, SeaweedFS


def traces(store: SeaweedFS) -> list[Path]:
    """Return the files that a store has made."""
    ports = [each for port in store.ports.values() for each in (port, port + GRPC_OFFSET)]
    sockets = [path for port in ports for path in Path("/tmp").glob(f"seaweedfs-*-{port}.sock")]
    return [*sockets, *store.directory.glob("*")]


def listening_addresses(pid: int) -> set[str]:
    """Return the local addresses of a process's listening TCP sockets (proc_pid_net(5)), in hexadecimal."""
    inodes = set()
    for path in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed since it was listed
            inodes.add(str(path.readlink()))
    tables = [Path(f"/proc/{pid}/net/{kind}").read_text() for kind in ("tcp", "tcp6")]
    rows = [line.split() for table in tables for line in table.splitlines()]
    return {row[1].split(":")[0] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in inodes}


def test_it_answers_on_loopback_only() -> None:
    with SeaweedFS() as store:
        assert urllib.request.urlopen(f"{store.endpoint_url}/healthz").status == 200
        assert listening_addresses(store.pid) == {"0100007F"}


def test_two_run_side_by_side() -> None:
    with SeaweedFS() as first, SeaweedFS() as second:
        assert first.endpoint_url != second.endpoint_url


def test_nothing_is_left_of_it() -> None:
    with SeaweedFS() as store:
        process = Path(f"/proc/{store.pid}")
        assert process.exists()
        assert len(traces(store)) > len(store.ports)
    assert not process.exists()
    assert not store.directory.exists()
    assert not traces(store)
