"""What a store does with connections."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from tests.contract.object_store.signing import Signer
from tests.contract.object_store.targets import Target

GIGABYTE = str(1 << 30)


def announce(target: Target, signer: Signer, key: str, length: str) -> socket.socket:
    """Send the head of an upload that waits for 100 Continue (RFC 9110, 10.1.1)."""
    path = f"/{target.bucket}/{key}"
    headers = {**signer.headers("PUT", path), "content-length": length, "expect": "100-continue"}
    connection = target.connect()
    connection.connect()
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    connection.sock.sendall(f"PUT {path} HTTP/1.1\r\n{lines}\r\n".encode())
    return connection.sock


def test_the_body_is_asked_for_once_the_signature_is_good(one_client: Any, target: Target, key: str) -> None:
    connection = announce(target, target.signer(), key, "7")
    assert connection.recv(1024).startswith(b"HTTP/1.1 100 ")
    connection.sendall(b"content")
    assert b" 200 OK\r\n" in connection.recv(1024)
    connection.close()
    assert one_client.get_object(Bucket=target.bucket, Key=key)["Body"].read() == b"content"


def test_an_upload_that_is_refused_costs_nothing(target: Target, key: str) -> None:
    connection = announce(target, target.signer(secret="not-the-secret"), key, GIGABYTE)
    answer = connection.recv(1024)
    asked = answer.startswith(b"HTTP/1.1 100 ")
    assert asked == target.expectations["100 Continue before a refusal"]
    assert asked or answer.startswith(b"HTTP/1.1 403 ")
    connection.close()


@pytest.mark.parametrize("length", [1, 4096, 1 << 20, 5 << 20])
def test_a_refused_upload_does_not_spoil_the_next_request(target: Target, key: str, length: int) -> None:
    path = f"/{target.bucket}/{key}"
    connection = target.connect()
    refused = target.signer(secret="not-the-secret").headers("PUT", path)
    connection.request("PUT", path, b"x" * length, refused)
    response = connection.getresponse()
    response.read()
    assert response.status == 403
    connection.request("GET", path, headers=target.signer().headers("GET", path))
    assert connection.getresponse().status == 404
    connection.close()


def test_every_answer_can_be_named(one_client: Any, target: Target, key: str) -> None:
    path = f"/{target.bucket}/{key}"
    signers = [target.signer(secret="not-the-secret"), target.signer()]
    answers = [target.send("GET", path, signer.headers("GET", path)) for signer in signers]
    names = [answer.headers["x-amz-request-id"] for answer in answers]
    assert all(names)
    assert names[0] != names[1]
    assert all(answer.headers["Date"] for answer in answers)
