from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from direct_access.auth.authorizer import IamAuthorizer
from direct_access.auth.token import Token
from direct_access.auth.token_cache import FileCache, MemoryCache, TokenCache
from direct_access.clock import ManualClock, SystemClock
from direct_access.errors import UnavailableError
from direct_access.redact import Secret
from direct_access.simulator.http import Response
from tests.support.scripted_server import ScriptedServer, Seen

Serve = Callable[..., ScriptedServer]


class Iam:
    """Grants ``t1``, ``t2``, … that live an hour; fails while ``down``."""

    def __init__(self) -> None:
        self.granted = 0
        self.down = False

    def __call__(self) -> Token:
        if self.down:
            raise UnavailableError("IAM is down", retryable=True)
        self.granted += 1
        return Token(Secret(f"t{self.granted}"), 3600.0)


@pytest.fixture
def iam() -> Iam:
    return Iam()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def new_cache(tmp_path: Path) -> Callable[[], FileCache]:
    """Each call is another process's view of the same cache."""
    directory = tmp_path / "direct-access"

    def fail(message: str) -> None:
        raise AssertionError(message)

    return lambda: FileCache(directory, "key", fail)


@pytest.fixture
def new_authorizer(
    iam: Iam, clock: ManualClock, new_cache: Callable[[], FileCache]
) -> Callable[[], IamAuthorizer]:
    """Each call is another process."""
    return lambda: IamAuthorizer(iam, new_cache(), clock)


NewAuthorizer = Callable[[], IamAuthorizer]


def test_one_token_serves_all_processes(new_authorizer: NewAuthorizer, iam: Iam) -> None:
    assert [new_authorizer().authorization() for _ in range(3)] == ["Bearer t1"] * 3
    assert iam.granted == 1


def test_a_token_is_kept_for_four_fifths_of_its_life(
    new_authorizer: NewAuthorizer, clock: ManualClock
) -> None:
    authorizer = new_authorizer()
    headers = []
    for _ in range(3):
        headers.append(authorizer.authorization())
        clock.advance(1440)
    assert headers == ["Bearer t1", "Bearer t1", "Bearer t2"]


def test_setting_the_clock_changes_nothing(
    new_authorizer: NewAuthorizer, clock: ManualClock, iam: Iam
) -> None:
    new_authorizer().authorization()
    clock.set_wall(0.0)
    assert new_authorizer().authorization() == "Bearer t1"
    clock.set_wall(4e9)
    assert new_authorizer().authorization() == "Bearer t1"


def test_while_one_process_renews_early_the_others_go_on_with_the_old_token(
    new_authorizer: NewAuthorizer, new_cache: Callable[[], FileCache], clock: ManualClock, iam: Iam
) -> None:
    new_authorizer().authorization()
    clock.advance(3000)
    with new_cache().lock() as renewing:
        assert renewing
        assert new_authorizer().authorization() == "Bearer t1"
    assert iam.granted == 1


def test_what_another_process_renewed_early_is_taken_over(
    new_authorizer: NewAuthorizer, clock: ManualClock, iam: Iam
) -> None:
    first, second = new_authorizer(), new_authorizer()
    assert [first.authorization(), second.authorization()] == ["Bearer t1"] * 2
    clock.advance(3000)
    assert [first.authorization(), second.authorization()] == ["Bearer t2"] * 2
    assert iam.granted == 2


def test_a_failed_early_renewal_keeps_the_old_token_and_is_tried_again_after_a_minute(
    new_authorizer: NewAuthorizer, clock: ManualClock, iam: Iam
) -> None:
    authorizer = new_authorizer()
    authorizer.authorization()
    clock.advance(3000)
    iam.down = True
    assert authorizer.authorization() == "Bearer t1"
    iam.down = False
    assert authorizer.authorization() == "Bearer t1"
    clock.advance(61)
    assert authorizer.authorization() == "Bearer t2"


def test_without_a_good_token_iams_failure_is_told(
    new_authorizer: NewAuthorizer, clock: ManualClock, iam: Iam
) -> None:
    authorizer = new_authorizer()
    authorizer.authorization()
    clock.advance(3599)
    iam.down = True
    with pytest.raises(UnavailableError):
        authorizer.authorization()
    iam.down = False
    assert authorizer.authorization() == "Bearer t2"


def test_after_a_401_there_is_one_fresh_token(new_authorizer: NewAuthorizer, iam: Iam) -> None:
    authorizer = new_authorizer()
    rejected = authorizer.authorization()
    assert authorizer.renew(rejected)
    assert authorizer.authorization() == "Bearer t2"
    assert iam.granted == 2


def test_after_a_401_a_newer_token_of_another_process_is_taken_without_a_request(
    new_authorizer: NewAuthorizer, iam: Iam
) -> None:
    first, second = new_authorizer(), new_authorizer()
    rejected = first.authorization()
    second.authorization()
    first.renew(rejected)
    assert second.renew(rejected)
    assert second.authorization() == "Bearer t2"
    assert iam.granted == 2


def test_an_iam_that_grants_the_rejected_token_again_has_renewed_nothing(
    clock: ManualClock,
) -> None:
    authorizer = IamAuthorizer(lambda: Token(Secret("same"), 3600.0), MemoryCache(), clock)
    assert not authorizer.renew(authorizer.authorization())


@pytest.mark.parametrize("kind", ["file", "memory"])
def test_threads_make_one_request(new_cache: Callable[[], FileCache], kind: str) -> None:
    cache: TokenCache = new_cache() if kind == "file" else MemoryCache()
    started = threading.Barrier(8)
    iam = Iam()
    authorizer = IamAuthorizer(iam, cache, SystemClock())

    def ask(_: int) -> str:
        started.wait()
        return authorizer.authorization()

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(ask, range(8))) == {"Bearer t1"}
    assert iam.granted == 1


def test_a_holder_of_the_lock_that_hangs_does_not_stop_the_others(
    new_authorizer: NewAuthorizer, new_cache: Callable[[], FileCache], clock: ManualClock
) -> None:
    with new_cache().lock():
        assert new_authorizer().authorization() == "Bearer t1"
    assert 60 < clock.boottime() < 120


PROCESS = """
import os, sys
from pathlib import Path
from direct_access.auth.iam import iam_authorizer
from direct_access.clock import SystemClock
from direct_access.config.settings import NetworkSettings
from direct_access.redact import Secret
from direct_access.transport.http import HttpClient

url, runtime, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
reader, writer = os.pipe()

def ask():
    client = HttpClient(NetworkSettings())
    authorizer = iam_authorizer(client, url, Secret("k"), SystemClock(), {"XDG_RUNTIME_DIR": runtime})
    os.write(writer, b"x")
    return authorizer.authorization()

children = []
for _ in range(count):
    child = os.fork()
    if child == 0:
        os._exit(0 if ask() == "Bearer t1" else 1)
    children.append(child)
asking = 0
while asking < count:
    asking += len(os.read(reader, count))
print("asking", flush=True)
codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
sys.exit(0 if codes == [0] * count else f"exit codes {codes}")
"""


@pytest.fixture
def runtime(tmp_path: Path) -> Path:
    path = tmp_path / "run"
    path.mkdir(mode=0o700)
    return path


def start(url: str, runtime: Path, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROCESS, url, str(runtime), str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)


def held_back(go: threading.Event) -> Callable[[Seen], Response]:
    """An IAM whose answer waits for the test."""

    def answer(_: Seen) -> Response:
        go.wait(60)
        return Response(200, b'{"access_token": "t1", "expires_in": 3600}')

    return answer


def test_fifty_processes_started_together_make_one_request(serve: Serve, runtime: Path) -> None:
    go = threading.Event()
    server = serve(held_back(go))
    with start(server.url, runtime, 50) as processes:
        assert processes.stdout is not None
        assert processes.stdout.readline() == "asking\n"
        go.set()
        assert processes.wait(60) == 0
    assert len(server.seen) == 1


def test_a_process_killed_while_it_fetches_does_not_block_the_next(serve: Serve, runtime: Path) -> None:
    go, arrived = threading.Event(), threading.Event()
    answer = held_back(go)

    def first_then_next(seen: Seen) -> Response:
        arrived.set()
        return answer(seen)

    server = serve(first_then_next)
    with start(server.url, runtime, 1) as victim:
        assert arrived.wait(30)
        os.killpg(victim.pid, signal.SIGKILL)
    go.set()
    with start(server.url, runtime, 1) as heir:
        assert heir.wait(30) == 0
    assert len(server.seen) == 2
