"""Five jobs a minute from each user to each server, counted over all processes of a node."""

import fcntl
import json
import subprocess
import sys
import threading

import pytest

from direct_access.clock import ManualClock, SystemClock
from direct_access.errors import TryAgainError
from direct_access.qiskit_runtime.job_request import JobRequest
from direct_access.qiskit_runtime.submission_rate import MOST_JOBS, SubmissionRate, submission_rate
from direct_access.retry.repeat import Interrupted, Patience

REQUEST = JobRequest("sampler", "ibm_a", {"pubs": []})


@pytest.fixture
def rate(tmp_path, clock):
    """Return a function that makes a count, of the first server unless another one is named."""
    directory = tmp_path / "runtime"
    directory.mkdir(mode=0o700)

    def make(server="one", clock=clock):
        return SubmissionRate(directory, f"https://{server}", clock)

    return make


def fill(rate):
    for _ in range(MOST_JOBS):
        rate.take()


def test_the_sixth_job_within_a_minute_has_to_wait_for_the_rest_of_it(rate, clock):
    fill(rate())
    clock.advance(20)
    with pytest.raises(TryAgainError) as caught:
        rate().take()
    assert caught.value.retry_after_secs == pytest.approx(40)
    assert (caught.value.http_status, caught.value.code, caught.value.retryable) == (429, "1202", True)


def test_after_a_minute_there_is_room_again(rate, clock):
    fill(rate())
    clock.advance(60)
    fill(rate())


def test_room_comes_back_one_by_one(rate, clock):
    for _ in range(MOST_JOBS):
        rate().take()
        clock.advance(10)
    with pytest.raises(TryAgainError) as caught:
        rate().take()
    assert caught.value.retry_after_secs == pytest.approx(10)
    clock.advance(10)
    rate().take()
    with pytest.raises(TryAgainError):
        rate().take()


def test_a_job_counts_from_its_answer_on_since_nobody_knows_when_the_server_counted_it(rate, clock):
    taken = [rate().take() for _ in range(MOST_JOBS)]
    clock.advance(30)
    for time in taken:
        rate().answered(time)
    clock.advance(59)
    with pytest.raises(TryAgainError) as caught:
        rate().take()
    assert caught.value.retry_after_secs == pytest.approx(1)


def test_an_answer_to_a_job_that_is_no_longer_counted_changes_nothing(rate):
    fill(rate())
    rate().answered(-5.0)
    with pytest.raises(TryAgainError):
        rate().take()


def test_each_server_has_a_count_of_its_own(rate):
    fill(rate("one"))
    rate("two").take()


def test_what_was_counted_before_the_node_was_booted_does_not_count(rate, tmp_path):
    fill(rate())
    (file,) = (tmp_path / "runtime").glob("*.sent")
    file.write_text(json.dumps({**json.loads(file.read_text()), "boot_id": "another"}))
    rate().take()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"boot_id": 3}', b"\xff"])
def test_a_damaged_record_is_begun_anew(content, rate, tmp_path):
    rate().take()
    (file,) = (tmp_path / "runtime").glob("*.sent")
    file.write_bytes(content)
    fill(rate())
    with pytest.raises(TryAgainError):
        rate().take()


def test_a_directory_that_is_open_to_others_is_not_used(rate, tmp_path):
    (tmp_path / "runtime").chmod(0o755)
    fill(rate())
    rate().take()
    assert list((tmp_path / "runtime").iterdir()) == []


def test_processes_that_start_together_get_five_places_in_all(tmp_path):
    script = (
        "import sys\n"
        "from direct_access.clock import SystemClock\n"
        "from direct_access.errors import TryAgainError\n"
        "from direct_access.qiskit_runtime.submission_rate import submission_rate\n"
        "rate = submission_rate('https://q', SystemClock(), {'XDG_RUNTIME_DIR': sys.argv[1]})\n"
        "sys.stdin.readline()\n"
        "for _ in range(3):\n"
        "    try:\n"
        "        rate.take()\n"
        "        print('sent')\n"
        "    except TryAgainError:\n"
        "        print('later')\n"
    )
    tmp_path.chmod(0o700)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [line for process in processes for line in process.communicate(timeout=60)[0].split()]
    assert sorted(said) == ["later"] * 7 + ["sent"] * 5


def test_a_client_waits_for_room_and_tells_why(build, script, reply, rate, clock):
    notices = []
    script.answer("POST /api/v1/jobs", reply({"id": "j"}))
    client = build(rate=rate(), patience=Patience(clock, notify=notices.append))
    for _ in range(MOST_JOBS + 1):
        client.jobs.run(REQUEST)
    assert len(script.asked) == MOST_JOBS + 1
    assert clock.boottime() >= 60
    assert notices[0].reason == "submission rate"
    assert "sent within a minute" in notices[0].error.message


def test_a_client_that_may_not_wait_that_long_sends_nothing(build, script, reply, rate, clock):
    fill(rate())
    client = build(rate=rate(), patience=Patience(clock, deadline=lambda: 30.0))
    with pytest.raises(TryAgainError):
        client.jobs.run(REQUEST)
    assert script.asked == []


def test_a_client_that_is_told_to_stop_waits_no_longer(build, script, rate, clock):
    fill(rate())
    stop = threading.Event()
    stop.set()
    client = build(rate=rate(), patience=Patience(clock, stop))
    with pytest.raises(Interrupted):
        client.jobs.run(REQUEST)
    assert script.asked == []


def test_a_job_that_was_never_sent_because_it_is_wrong_takes_no_place(build, rate):
    client = build(rate=rate())
    for _ in range(MOST_JOBS):
        with pytest.raises(Exception, match="allowed"):
            client.jobs.run(JobRequest("sampler", "ibm_a", tags=[""]))
    rate().take()


def test_a_count_whose_lock_is_held_by_a_stopped_process_is_not_waited_for_long(tmp_path):
    tmp_path.chmod(0o700)
    clock = ManualClock()
    environment = {"XDG_RUNTIME_DIR": str(tmp_path)}
    rate = submission_rate("https://q", clock, environment)
    rate.take()
    (lock,) = tmp_path.rglob("*.lock")
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        rate.take()
    assert 5 <= clock.boottime() < 6


def test_the_real_clock_serves_too(rate):
    fill(rate(clock=SystemClock()))
    with pytest.raises(TryAgainError) as caught:
        rate(clock=SystemClock()).take()
    assert 0 < caught.value.retry_after_secs <= 60
