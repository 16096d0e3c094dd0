"""An object is whole, whatever happens around it."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from direct_access.clock import SystemClock
from direct_access.simulator.store import ObjectStore
from tests.unit.simulator_store.conftest import BUCKET, TOKEN, Running

MIB = 1 << 20
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
SERVER = f"""
import sys, threading
from pathlib import Path
import pytest

from direct_access.clock import SystemClock
from direct_access.simulator.http import Server
from direct_access.simulator.store import ObjectStore
store = ObjectStore(Path(sys.argv[1]), {{}}, lambda token: token == {TOKEN!r}, SystemClock())
store.create_bucket({BUCKET!r})
server = Server(store)
server.start()
print(server.url, flush=True)
threading.Event().wait()
"""


@contextmanager
def store_process(directory: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a store in a process of its own; it is killed at the end, as by a power failure."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, str(directory)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        try:
            yield process, urlsplit(process.stdout.readline().strip()).netloc
        finally:
            process.kill()


def begin_put(address: str, key: str, length: int) -> socket.socket:
    """Announce an object; on return the store waits for its content."""
    connection = http.client.HTTPConnection(address)
    connection.putrequest("PUT", f"/{BUCKET}/{key}")
    connection.putheader("Authorization", HEADERS["Authorization"])
    connection.putheader("Content-Length", str(length))
    connection.putheader("Expect", "100-continue")
    connection.endheaders()
    assert connection.sock.recv(1024).startswith(b"HTTP/1.1 100 ")
    return connection.sock


def put(address: str, key: str, body: bytes, **headers: str) -> int:
    connection = http.client.HTTPConnection(address)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("PUT", f"/{BUCKET}/{key}", body, {**HEADERS, **named})
    status = connection.getresponse().status
    connection.close()
    return status


def drafts(directory: Path) -> list[Path]:
    return list((directory / "drafts").iterdir())


def test_a_killed_store_has_the_old_object_and_forgets_the_draft(tmp_path: Path) -> None:
    with store_process(tmp_path) as (_, address):
        assert put(address, "key", b"old") == 200
        unfinished = begin_put(address, "key", 4 * MIB)
        unfinished.sendall(b"n" * 2 * MIB)
        assert drafts(tmp_path)
    unfinished.close()
    store = ObjectStore(tmp_path, {}, None, SystemClock())
    found = store.read(BUCKET, "key")
    assert found
    assert found[0].read_bytes()[: found[1]] == b"old"
    assert drafts(tmp_path) == []


def test_an_upload_in_parts_goes_on_after_a_restart(tmp_path: Path) -> None:
    with store_process(tmp_path) as (_, address):
        connection = http.client.HTTPConnection(address)
        connection.request("POST", f"/{BUCKET}/key?uploads", headers=HEADERS)
        upload_id = connection.getresponse().read().split(b"<UploadId>")[1].split(b"<")[0].decode()
        connection.close()
        assert put(address, f"key?uploadId={upload_id}&partNumber=1", b"content") == 200
    with store_process(tmp_path) as (_, address):
        connection = http.client.HTTPConnection(address)
        connection.request("GET", f"/{BUCKET}/key?uploadId={upload_id}", headers=HEADERS)
        assert b"<Size>7</Size>" in connection.getresponse().read()
        connection.close()


def test_an_object_replaced_while_it_is_sent_arrives_as_it_was(running: Running) -> None:
    address = urlsplit(running.url).netloc
    old = os.urandom(32 * MIB)
    assert put(address, "key", old) == 200
    connection = http.client.HTTPConnection(address)
    connection.request("GET", f"/{BUCKET}/key", headers=HEADERS)
    response = connection.getresponse()
    beginning = response.read(MIB)
    assert put(address, "key", b"new" * MIB) == 200
    assert beginning + response.read() == old
    connection.close()


def test_of_many_writers_that_must_not_replace_one_wins(running: Running) -> None:
    address = urlsplit(running.url).netloc
    statuses: list[int] = []
    ready = threading.Barrier(8)

    def write(number: int) -> None:
        ready.wait()
        statuses.append(put(address, "key", b"%d" % number * MIB, If_None_Match="*"))

    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(statuses) == [200] + [412] * 7
    found = running.store.read(BUCKET, "key")
    assert found
    assert len(set(found[0].read_bytes()[: found[1]])) == 1


def test_a_large_object_passes_in_constant_memory(tmp_path: Path) -> None:
    size = 192 * MIB
    with store_process(tmp_path) as (process, address):
        before = peak_memory_bytes(process.pid)
        with begin_put(address, "key", size) as upload:
            for _ in range(size // MIB):
                upload.sendall(b"x" * MIB)
            assert upload.recv(1024).startswith(b"HTTP/1.1 200 ")
        connection = http.client.HTTPConnection(address)
        connection.request("GET", f"/{BUCKET}/key", headers=HEADERS)
        response = connection.getresponse()
        received = 0
        while block := response.read(MIB):
            received += len(block)
        connection.close()
        assert received == size
        assert peak_memory_bytes(process.pid) - before < 24 * MIB


def peak_memory_bytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def test_an_object_is_on_the_disk_before_it_has_its_name(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named_at_sync: list[bool] = []
    fsync = os.fsync

    def watched(descriptor: int) -> None:
        fsync(descriptor)
        named_at_sync.append(running.store.read(BUCKET, "key") is not None)

    monkeypatch.setattr(os, "fsync", watched)
    (tmp_path / "source").write_bytes(b"content")
    running.store.write(BUCKET, "key", tmp_path / "source")
    assert named_at_sync == [False]
    assert running.store.read(BUCKET, "key") is not None


def test_an_upload_into_a_bucket_deleted_meanwhile_is_refused(running: Running) -> None:
    with begin_put(urlsplit(running.url).netloc, "key", 7) as upload:
        assert running.send("DELETE", f"/{BUCKET}").status == 204
        upload.sendall(b"content")
        assert upload.recv(1024).startswith(b"HTTP/1.1 404 ")
    assert list(running.store.objects()) == []


def test_an_object_deleted_while_it_is_sent_arrives_whole(running: Running) -> None:
    address = urlsplit(running.url).netloc
    content = os.urandom(32 * MIB)
    assert put(address, "key", content) == 200
    connection = http.client.HTTPConnection(address)
    connection.request("GET", f"/{BUCKET}/key", headers=HEADERS)
    response = connection.getresponse()
    beginning = response.read(MIB)
    assert running.send("DELETE", f"/{BUCKET}/key").status == 204
    assert beginning + response.read() == content
    connection.close()
