from __future__ import annotations

import gzip
import io
import socket
import threading
import tracemalloc
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from direct_access.errors import LocalStorageError, ProtocolError, UnavailableError
from direct_access.simulator.http import FileBody, Response
from direct_access.transport.http import HttpClient, HttpResponse, unexpected_redirect
from direct_access.transport.response import MAX_DATA_BYTES
from tests.support.planted import plant
from tests.support.scripted_server import ScriptedServer, Seen

Serve = Callable[..., ScriptedServer]
NewClient = Callable[..., HttpClient]

SIGNED = "?X-Amz-Signature=planted"


def read_stream(response: HttpResponse) -> bytes:
    buffer = memoryview(bytearray(1000))
    parts = []
    while count := response.readinto(buffer):
        parts.append(bytes(buffer[:count]))
    return b"".join(parts)


@pytest.mark.parametrize("status", [200, 204, 301, 307, 400, 404, 423, 429, 500, 503])
def test_any_status_is_an_answer_to_exactly_one_request(
    serve: Serve, new_client: NewClient, status: int
) -> None:
    server = serve(Response(status, b"", [("Location", "/elsewhere"), ("X-Request-Id", "r1")]))
    response = new_client().request("GET", f"{server.url}/v1/jobs")
    assert (response.status, response.headers["x-request-ID"]) == (status, "r1")
    assert [seen.target for seen in server.seen] == ["/v1/jobs"]


def test_the_target_arrives_exactly_as_written(serve: Serve, new_client: NewClient) -> None:
    server = serve()
    target = "/bucket/a%2Fb/params:7f%20x?X-Amz-Credential=k%2F20260101&empty="
    new_client().request("GET", server.url + target)
    assert server.seen[0].target == target


def test_a_redirect_is_told_without_its_destination(serve: Serve, new_client: NewClient) -> None:
    server = serve(Response(302, b"", [("Location", f"https://store.example.org/o{SIGNED}")]))
    error = unexpected_redirect(new_client().request("GET", f"{server.url}/o{SIGNED}"))
    assert f"{server.url}/o" in error.message
    assert "302" in error.message
    assert "store.example.org" not in repr(error)
    assert "planted" not in repr(error)


def test_connections_are_kept_alive(serve: Serve, new_client: NewClient) -> None:
    server = serve(Response(200, b"x" * 100), Response(404, b"gone"), Response(204))
    client = new_client()
    for _ in range(5):
        client.request("GET", server.url)
    assert server.connections == 1


def test_a_stream_read_to_its_end_frees_its_connection(serve: Serve, new_client: NewClient) -> None:
    server = serve(Response(200, b"0123456789" * 500))
    client = new_client()
    for _ in range(3):
        with client.request("GET", server.url, stream=True) as response:
            assert read_stream(response) == b"0123456789" * 500
    assert server.connections == 1


def test_a_stream_closed_early_does_not_spoil_the_next_request(serve: Serve, new_client: NewClient) -> None:
    server = serve(Response(200, b"x" * 5_000_000), Response(200, b"second"))
    client = new_client()
    with client.request("GET", server.url, stream=True) as response:
        response.readinto(memoryview(bytearray(10)))
    assert client.request("GET", server.url).data == b"second"


def test_a_stream_is_delivered_as_sent(serve: Serve, new_client: NewClient) -> None:
    packed = gzip.compress(b"results")
    server = serve(Response(200, packed, [("Content-Encoding", "gzip")]))
    with new_client().request("GET", server.url, stream=True) as response:
        assert read_stream(response) == packed


def test_data_is_decoded(serve: Serve, new_client: NewClient) -> None:
    server = serve(Response(200, gzip.compress(b"{}"), [("Content-Encoding", "gzip")]))
    assert new_client().request("GET", server.url).data == b"{}"


def test_the_body_of_an_error_to_a_stream_can_be_read(serve: Serve, new_client: NewClient) -> None:
    server = serve(Response(404, b"<Error/>"))
    with new_client().request("GET", server.url, stream=True) as response:
        assert response.data == b"<Error/>"


def test_a_head_request_has_no_body(serve: Serve, new_client: NewClient) -> None:
    server = serve(Response(200, b"12345"))
    client = new_client()
    response = client.request("HEAD", server.url)
    assert (response.data, response.headers["Content-Length"]) == (b"", "5")
    client.request("GET", server.url)
    assert server.connections == 1


def test_a_file_is_sent_with_its_length_and_never_chunked(serve: Serve, new_client: NewClient) -> None:
    server = serve()
    content = bytes(range(256)) * 4096
    file = io.BytesIO(b"skipped" + content + b"left out")
    file.seek(7)
    new_client().request("PUT", server.url, body=file, body_size=len(content))
    sent = server.seen[0]
    assert sent.body == content
    assert sent.headers["Content-Length"] == str(len(content))
    assert sent.headers["Transfer-Encoding"] is None


def test_an_empty_file_is_sent_with_length_zero(serve: Serve, new_client: NewClient) -> None:
    server = serve()
    new_client().request("PUT", server.url, body=io.BytesIO(), body_size=0)
    assert server.seen[0].headers["Content-Length"] == "0"


def test_a_file_that_became_shorter_is_a_local_fault(
    serve: Serve, new_client: NewClient, tmp_path: Path
) -> None:
    server = serve()
    path = tmp_path / "params.json"
    path.write_bytes(b"x" * 1000)
    with path.open("rb") as file, pytest.raises(LocalStorageError, match="1 bytes early") as caught:
        new_client().request("PUT", server.url, body=file, body_size=1001)
    assert caught.value.subject == str(path)


def test_a_file_that_cannot_be_read_is_a_local_fault(serve: Serve, new_client: NewClient) -> None:
    server = serve()
    # Reading this process's memory at address 0 fails with EIO, as a dying disk does (proc(5)).
    with Path("/proc/self/mem").open("rb") as file, pytest.raises(LocalStorageError, match="cannot read"):
        new_client().request("PUT", server.url, body=file, body_size=10)


def test_a_file_without_its_size_is_a_mistake_of_the_caller(new_client: NewClient) -> None:
    with pytest.raises(TypeError, match="body_size"):
        new_client().request("PUT", "http://127.0.0.1:9/", body=io.BytesIO(b"x"))


def test_a_refused_connection_names_host_and_layer_but_no_query(new_client: NewClient) -> None:
    with pytest.raises(UnavailableError) as caught:
        new_client().request("GET", f"http://127.0.0.1:9/o{SIGNED}")
    error = caught.value
    assert (error.retryable, error.not_sent, error.subject) == (True, True, "127.0.0.1:9")
    assert error.message == "TCP connection to 127.0.0.1:9 failed: Connection refused"


def test_a_name_that_does_not_resolve_is_told_as_dns(
    new_client: NewClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(UnavailableError, match=r"^DNS does not resolve qs\.example\.org: ") as caught:
        new_client().request("GET", "http://qs.example.org/")
    assert (caught.value.retryable, caught.value.not_sent) == (True, True)


@pytest.mark.parametrize("url", ["ftp://host/", "host:443/x", "/v1/jobs", "http:///x", ""])
def test_what_is_no_http_url_is_refused(new_client: NewClient, url: str) -> None:
    with pytest.raises(ValueError, match="not an http or https URL"):
        new_client().request("GET", url)


def test_a_reset_connection_is_unavailable(serve: Serve, new_client: NewClient) -> None:
    server = serve(Response(reset=True))
    with pytest.raises(UnavailableError) as caught:
        new_client().request("GET", f"{server.url}/o{SIGNED}")
    assert (caught.value.retryable, caught.value.not_sent) == (True, False)
    assert "planted" not in repr(caught.value)


def test_an_answer_that_does_not_come_is_unavailable(serve: Serve, new_client: NewClient) -> None:
    answer = threading.Event()

    def wait(_: Seen) -> Response:
        answer.wait(10)
        return Response()

    server = serve(wait)
    with pytest.raises(UnavailableError, match="did not answer in time") as caught:
        new_client(read_timeout_secs=0.1).request("GET", f"{server.url}/o{SIGNED}")
    answer.set()
    assert (caught.value.retryable, caught.value.not_sent) == (True, False)
    assert "planted" not in repr(caught.value)


def test_data_cut_short_is_unavailable(serve: Serve, new_client: NewClient) -> None:
    server = serve(Response(200, b"x" * 1000, cut_after=400))
    with pytest.raises(UnavailableError) as caught:
        new_client().request("GET", f"{server.url}/o{SIGNED}")
    assert (caught.value.retryable, caught.value.not_sent) == (True, False)
    assert "planted" not in repr(caught.value)


def test_a_stream_cut_short_says_how_much_is_missing(serve: Serve, new_client: NewClient) -> None:
    server = serve(Response(200, b"x" * 1000, cut_after=400))
    with (
        new_client().request("GET", server.url, stream=True) as response,
        pytest.raises(UnavailableError, match="600 bytes before the end") as caught,
    ):
        read_stream(response)
    assert caught.value.retryable


def test_what_is_not_http_is_a_protocol_error(new_client: NewClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"SSH-2.0-OpenSSH_9.9\r\n")

        thread = threading.Thread(target=greet)
        thread.start()
        with pytest.raises(ProtocolError, match="did not answer in HTTP"):
            new_client().request("GET", f"http://127.0.0.1:{listener.getsockname()[1]}/")
        thread.join()


def test_data_beyond_the_bound_is_a_protocol_error(
    serve: Serve, new_client: NewClient, tmp_path: Path
) -> None:
    path = tmp_path / "huge"
    path.touch()
    with path.open("rb+") as file:
        file.truncate(MAX_DATA_BYTES + 1)
    server = serve(Response(200, FileBody(path, 0, MAX_DATA_BYTES + 1)))
    with pytest.raises(ProtocolError, match="longer than"):
        new_client().request("GET", server.url)


def test_other_tools_settings_change_nothing(
    serve: Serve, new_client: NewClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(tmp_path, monkeypatch)
    server = serve()
    new_client().request("GET", f"{server.url}/v1/jobs", headers={"Authorization": "Bearer t"})
    new_client().request("GET", f"{server.url}/v1/jobs")
    assert [seen.headers["Authorization"] for seen in server.seen] == ["Bearer t", None]


def test_threads_share_a_client(serve: Serve, new_client: NewClient) -> None:
    server = serve(lambda seen: Response(200, seen.target.encode()))
    client = new_client()
    targets = [f"/{number}" for number in range(100)]
    with ThreadPoolExecutor(8) as threads:
        answers = threads.map(lambda target: client.request("GET", server.url + target).data, targets)
    assert [answer.decode() for answer in answers] == targets
    assert server.connections <= 8


def test_a_body_that_grows_when_it_is_decoded_takes_no_more_memory_than_its_bound(
    serve: Serve, new_client: NewClient
) -> None:
    bomb = gzip.compress(bytes(1 << 20)) * 2000  # 2 MB, members of which are 2 GB
    one_member = zlib.compressobj(wbits=31)
    deep = b"".join([one_member.compress(bytes(1 << 24)) for _ in range(64)]) + one_member.flush()
    for body in (bomb, deep):
        server = serve(Response(200, body, [("Content-Encoding", "gzip")]))
        tracemalloc.start()
        try:
            with pytest.raises(ProtocolError, match="longer than"):
                new_client().request("GET", server.url)
            assert tracemalloc.get_traced_memory()[1] < 4 * MAX_DATA_BYTES
        finally:
            tracemalloc.stop()


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "x-gzip"])
def test_a_compressed_body_is_decoded_though_nobody_asked_for_it(
    serve: Serve, new_client: NewClient, coding: str
) -> None:
    server = serve(Response(200, gzip.compress(b"text"), [("Content-Encoding", coding)]))
    assert new_client().request("GET", server.url).data == b"text"


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "gzip, gzip"])
def test_a_body_that_is_not_in_its_coding_is_a_protocol_error(
    serve: Serve, new_client: NewClient, coding: str
) -> None:
    server = serve(Response(200, b"text", [("Content-Encoding", coding)]))
    with pytest.raises(ProtocolError, match="Content-Encoding"):
        new_client().request("GET", server.url)
