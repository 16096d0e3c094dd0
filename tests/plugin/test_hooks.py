"""Every hook, called without Slurm, under AddressSanitizer and UBSan."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

NOBODY = 65534
BATCH_STEP = str(0xFFFFFFFB)
GRANTED = {
    "set QRMI_JOB_QPU_RESOURCES=ibm_a,ibm_b",
    "set QRMI_JOB_QPU_TYPES=ibm-quantum-system,other-type",
    "unset DIRECT_ACCESS_QPU",
}
CONFIGURATION = 78


@dataclass
class Node:
    """A node with the plugin: its files and a job on it."""

    program: Path
    directory: Path
    job: dict[str, str] = field(default_factory=dict)

    @property
    def run(self) -> Path:
        """The directory of the plugin's records."""
        return self.directory / "run"

    @property
    def names(self) -> Path:
        """The file of names."""
        return self.directory / "qpu-names"

    @property
    def record(self) -> Path:
        """The record of job 1."""
        return self.run / "n1" / "1.record"

    @property
    def registry(self) -> Path:
        """The registry of job 1."""
        return self.run / "n1" / "1.runs"

    def call(self, *words: str, **job: str) -> subprocess.CompletedProcess[str]:
        """Call a hook; ``OPTION_qpu`` and the like say what the user asked for."""
        arguments = [f"names={self.names}", f"run={self.run}", "grace=20"]
        return self.call_bare(*words, *arguments, **job)

    def call_bare(self, *words: str, **job: str) -> subprocess.CompletedProcess[str]:
        """Call a hook with these arguments in plugstack.conf alone."""
        environment = {"SLURMD_NODENAME": "n1", "STEP": BATCH_STEP, **self.job, **job}
        called = subprocess.run(
            [self.program, *words], env=environment, capture_output=True, text=True, timeout=60
        )
        assert "Sanitizer" not in called.stderr, called.stderr
        assert "runtime error" not in called.stderr, called.stderr
        return called

    def lines(self, *words: str, **job: str) -> set[str]:
        """Call a hook that has to return 0; return what it told Slurm."""
        told = self.call(*words, **job).stdout.splitlines()
        assert told[-1] == "returns 0", told
        return set(told[:-1])


def as_nobody() -> dict[str, Any]:
    """Return the options of a process of the job's user."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


@pytest.fixture
def node(call_hook: Path, tmp_path: Path) -> Node:
    """A node whose site knows two quantum systems."""
    node = Node(call_hook, tmp_path)
    node.names.write_text("# ours\nibm_a\nibm_b other-type\n")
    if os.geteuid() != 0:
        node.job |= {"JOB_UID": str(os.getuid()), "JOB_GID": str(os.getgid())}
    return node


@pytest.fixture
def granted(node: Node) -> Node:
    """The node, where job 1 was granted both."""
    assert node.lines("job_prolog", OPTION_qpu="ibm_a,ibm_b") == set()
    return node


# Options ----


def test_both_options_are_offered(node: Node) -> None:
    assert {line.partition(":")[0] for line in node.lines("init")} == {
        "option --qpu=NAME[,NAME]",
        "option --qpu-timeout=SECONDS",
    }


def test_the_options_may_have_another_name(node: Node) -> None:
    told = node.call_bare("init", "option=ibm-qpu").stdout
    assert "option --ibm-qpu=" in told
    assert "option --ibm-qpu-timeout=" in told


def test_an_option_that_went_to_another_plugin_is_told_to_whoever_uses_it(node: Node) -> None:
    told = node.lines("init", _SLURM_SPANK_OPTION_other_qpu="theirs")
    assert any(
        "error: direct_access: another plugin has --qpu, _SLURM_SPANK_OPTION_other_qpu;" in line
        for line in told
    )
    for variable in ("_SLURM_SPANK_OPTION_other_x", "_SLURM_SPANK_OPTION_xqpu", "other_qpu"):
        assert not [line for line in node.lines("init", **{variable: "theirs"}) if "error" in line]
    told = node.call_bare("init", "option=ibm-qpu", _SLURM_SPANK_OPTION_other_ibm_qpu="theirs").stdout
    assert "another plugin has --ibm-qpu" in told


@pytest.mark.parametrize("option", ["qpu", "qpu-timeout"])
def test_a_task_that_asked_another_plugin_is_left_alone(node: Node, option: str) -> None:
    assert node.lines("task_init_privileged", **{f"OPTION_{option}": "theirs"}, TAKEN=option) == set()


@pytest.mark.parametrize(("option", "value"), [("qpu", "ibm_a"), ("qpu-timeout", "60")])
def test_in_srun_the_tasks_are_told_what_was_asked_for(node: Node, option: str, value: str) -> None:
    told = f"SLURM_SPANK__SLURM_SPANK_OPTION_direct_access_{option.replace('-', '_')}={value}\n"
    assert told in node.call("call_back", option, value, "0", CONTEXT="srun").stdout
    assert "SLURM_SPANK_" not in node.call("call_back", option, value, "0").stdout


@pytest.mark.parametrize("request_", ["ibm_a", "ibm_b", "ibm_b,ibm_a"])
def test_known_names_are_accepted(node: Node, request_: str) -> None:
    assert "error" not in node.call("call_back", "qpu", request_, "0").stdout


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ("ibm_c", "error: --qpu: unknown quantum system 'ibm_c' (known here: ibm_a, ibm_b)"),
        ("ibm_a,ibm_c", "error: --qpu: unknown quantum system 'ibm_c' (known here: ibm_a, ibm_b)"),
        ("ibm_a,ibm_a", "error: --qpu: 'ibm_a' is named twice"),
        ("", "error: --qpu: wants NAME[,NAME]: letters, digits, '_', '.', '-'"),
        ("ibm_a,", "error: --qpu: wants NAME[,NAME]: letters, digits, '_', '.', '-'"),
        ("../x", "error: --qpu: wants NAME[,NAME]: letters, digits, '_', '.', '-'"),
        ("%s%n", "error: --qpu: wants NAME[,NAME]: letters, digits, '_', '.', '-'"),
        ("x" * 5000, "error: --qpu: wants NAME[,NAME]: letters, digits, '_', '.', '-'"),
    ],
)
def test_other_requests_are_refused_at_submission(node: Node, request_: str, message: str) -> None:
    told = node.call("call_back", "qpu", request_, "0").stdout.splitlines()
    assert told[-2:] == [message, "returns -1"]


def test_a_list_of_known_names_that_is_too_long_ends_in_dots(node: Node) -> None:
    node.names.write_text("".join(f"{'n' * 50}{number}\n" for number in range(256)))
    told = node.call("call_back", "qpu", "other", "0").stdout.splitlines()
    assert told[-2].endswith(", ...)")
    assert len(told[-2]) < 1100


def test_a_job_may_ask_for_sixteen_systems_and_no_more(node: Node) -> None:
    names = [f"{'n' * 60}{number:02}" for number in range(17)]
    node.names.write_text("".join(f"{name} {'t' * 64}\n" for name in names))
    assert "error" not in node.call("call_back", "qpu", ",".join(names[:16]), "0").stdout
    assert "a job may ask for 16" in node.call("call_back", "qpu", ",".join(names), "0").stdout


@pytest.mark.parametrize(
    "content", ["ibm_a\nibm_a\n", "a b c\n", "-a\n", "a/b\n", "a\0b\n", "a %s%s%n\n", "x\n" * 40_000, None]
)
def test_a_names_file_that_cannot_be_used_is_named(node: Node, content: str | None) -> None:
    node.names.unlink()
    if content is not None:
        node.names.write_text(content)
    told = node.call("call_back", "qpu", "ibm_a", "0").stdout
    assert f"the site's list of quantum systems, {node.names}, cannot be used" in told
    assert "returns -1" in told


@pytest.mark.parametrize(("secs", "code"), [("1", 0), ("4294967295", 0)])
def test_a_timeout_is_a_number_of_seconds(node: Node, secs: str, code: int) -> None:
    assert node.call("call_back", "qpu-timeout", secs, "0").stdout.endswith(f"returns {code}\n")


@pytest.mark.parametrize("secs", ["0", "", "-1", "5m", "4294967296", "99999999999999999999999", " 1", "1.5"])
def test_any_other_timeout_is_refused(node: Node, secs: str) -> None:
    told = node.call("call_back", "qpu-timeout", secs, "0").stdout
    assert "error: --qpu-timeout: wants a number of whole seconds\nreturns -1" in told


@pytest.mark.parametrize("option", ["qpu", "qpu-timeout"])
def test_slurmstepd_is_never_refused_an_option(node: Node, option: str) -> None:
    assert node.call("call_back", option, "!", "1").stdout.endswith("\nreturns 0\n")


@pytest.mark.parametrize(
    "argument",
    [
        "option=",
        "option=A b",
        f"option={'x' * 70}",
        "names=relative",
        f"names=/{'x' * 600}",
        "run=relative",
        "grace=",
        "grace=21",
        "grace=-1",
        "x=y",
        "%n%n",
    ],
)
def test_a_wrong_argument_in_plugstack_disturbs_only_who_uses_the_option(node: Node, argument: str) -> None:
    assert node.call_bare("init", argument).stdout.endswith("returns 0\n")
    told = node.call_bare("call_back", "qpu", "ibm_a", "0", argument).stdout
    if "returns -2" not in told:  # no such option: its name was the wrong argument
        assert "wrong argument of the plugin in plugstack.conf" in told
        assert told.endswith("returns -1\n")


# Prolog and epilog ----


def test_the_prolog_leaves_a_record_that_only_root_reads_and_a_registry_that_is_the_users(
    granted: Node,
) -> None:
    assert granted.record.stat().st_mode & 0o777 == 0o600
    assert granted.record.stat().st_uid == os.geteuid()
    assert granted.registry.stat().st_mode & 0o777 == 0o700
    assert granted.registry.stat().st_uid == (NOBODY if os.geteuid() == 0 else os.getuid())
    assert granted.run.stat().st_mode & 0o777 == 0o755


def test_the_epilog_removes_both(granted: Node) -> None:
    (granted.registry / "4711").write_text("1\n")
    (granted.registry / "deep" / "er").mkdir(parents=True)
    assert granted.lines("job_epilog") == set()
    assert list((granted.run / "n1").iterdir()) == []


DEEP = """
import os, sys
os.chdir(sys.argv[1])
owner = os.stat(".").st_uid
for _ in range(3000):
    open("file", "w").close()
    os.mkdir("d")
    os.chown("d", owner, -1)
    os.chdir("d")
"""


def test_the_epilog_removes_directories_of_any_depth(granted: Node) -> None:
    subprocess.run([sys.executable, "-c", DEEP, granted.registry], check=True)
    assert granted.lines("job_epilog") == set()
    assert list((granted.run / "n1").iterdir()) == []


FILL = "echo fills; n=0; while true >$n; do n=$((n+1)); done 2>/dev/null; echo cannot"


def test_the_epilog_removes_a_registry_that_is_still_being_filled(granted: Node) -> None:
    deep = granted.registry / "deep"
    deep.mkdir()
    os.chown(deep, granted.registry.stat().st_uid, -1)
    command = ["sh", "-c", FILL]
    with subprocess.Popen(command, cwd=deep, stdout=subprocess.PIPE, text=True, **as_nobody()) as filling:
        try:
            assert filling.stdout is not None
            assert filling.stdout.readline() == "fills\n"
            assert granted.lines("job_epilog") == set()
            assert list((granted.run / "n1").iterdir()) == []
            assert filling.stdout.readline() == "cannot\n"
        finally:
            filling.kill()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
@pytest.mark.parametrize("hook", ["job_prolog", "task_init_privileged"])
def test_a_registry_that_another_user_left_is_replaced(granted: Node, hook: str) -> None:
    os.chown(granted.registry, NOBODY - 1, NOBODY - 1)
    (granted.registry / "4711").write_text("1\n")
    granted.lines(hook, OPTION_qpu="ibm_a,ibm_b")
    assert granted.registry.stat().st_uid == NOBODY
    assert list(granted.registry.iterdir()) == []
    granted.lines("job_epilog")
    assert list((granted.run / "n1").iterdir()) == []


def test_what_could_not_be_removed_is_removed_with_the_next_job(granted: Node) -> None:
    left = granted.run / "n1" / "garbage.1.0" / "deep"
    left.mkdir(parents=True)
    granted.lines("job_epilog", JOB="2")
    assert not left.parent.exists()
    assert granted.record.exists()


def test_the_epilog_follows_no_link_out_of_the_registry(granted: Node, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("")
    (granted.registry / "link").symlink_to(kept)
    granted.lines("job_epilog")
    assert (kept / "file").exists()
    assert not granted.registry.exists()


def test_the_record_of_a_requeued_job_stays_since_its_next_life_may_have_no_prolog(granted: Node) -> None:
    (granted.registry / "4711").write_text("1\n")
    assert granted.lines("job_epilog", SLURM_JOB_RESTART_COUNT="1") == set()
    assert list((granted.run / "n1").iterdir()) == [granted.record]
    expected = GRANTED | {f"set DIRECT_ACCESS_REGISTRY={granted.registry}"}
    assert granted.lines("task_init_privileged") == expected
    assert list(granted.registry.iterdir()) == []


@pytest.mark.parametrize("with_prolog", [True, False])
def test_it_goes_with_that_life(granted: Node, with_prolog: bool) -> None:
    granted.lines("job_epilog", SLURM_JOB_RESTART_COUNT="1")
    if with_prolog:
        granted.lines("job_prolog", OPTION_qpu="ibm_a", SLURM_JOB_RESTART_COUNT="1")
    assert granted.lines("job_epilog", SLURM_JOB_RESTART_COUNT="1") == set()
    assert list((granted.run / "n1").iterdir()) == []


def test_a_job_that_asks_for_nothing_leaves_nothing(node: Node) -> None:
    assert node.lines("job_prolog") == set()
    assert not node.run.exists()
    assert node.lines("job_epilog") == set()


def test_a_record_of_an_earlier_job_of_the_same_number_goes(granted: Node) -> None:
    assert granted.lines("job_prolog") == set()
    assert list((granted.run / "n1").iterdir()) == []


@pytest.mark.parametrize("hook", ["job_prolog", "job_epilog"])
def test_a_directory_that_others_may_write_to_is_not_used_and_drains_no_node(node: Node, hook: str) -> None:
    node.run.mkdir()
    node.run.chmod(0o777)
    told = node.lines(hook, OPTION_qpu="ibm_a")
    assert any("Operation not permitted" in line for line in told)
    assert list(node.run.iterdir()) == []


def test_a_link_instead_of_the_directory_is_not_followed(node: Node, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    node.run.symlink_to(tmp_path / "elsewhere")
    assert any("no record of job 1" in line for line in node.lines("job_prolog", OPTION_qpu="ibm_a"))
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "x" * 300])
def test_a_node_name_is_no_path(node: Node, name: str) -> None:
    assert any(
        "no record" in line for line in node.lines("job_prolog", OPTION_qpu="ibm_a", SLURMD_NODENAME=name)
    )


@pytest.mark.parametrize("hook", ["job_prolog", "job_epilog", "task_init_privileged", "task_exit"])
def test_a_hook_to_which_slurm_tells_no_job_does_nothing(node: Node, hook: str) -> None:
    assert node.lines(hook, JOB="0", OPTION_qpu="ibm_a") == set()


# Tasks ----


def test_a_task_of_the_batch_step_gets_the_grant_and_the_registry(granted: Node) -> None:
    expected = GRANTED | {f"set DIRECT_ACCESS_REGISTRY={granted.registry}"}
    assert granted.lines("task_init_privileged", OPTION_qpu="ibm_a,ibm_b") == expected


def test_a_task_of_another_step_gets_the_grant_and_loses_the_registry(granted: Node) -> None:
    expected = GRANTED | {"unset DIRECT_ACCESS_REGISTRY"}
    assert granted.lines("task_init_privileged", STEP="0", OPTION_qpu="ibm_a,ibm_b") == expected


def test_the_record_counts_where_the_option_was_lost(granted: Node) -> None:
    assert granted.lines("task_init_privileged") >= GRANTED


def test_a_timeout_reaches_the_product_and_qrmi(node: Node) -> None:
    node.lines("job_prolog", **{"OPTION_qpu": "ibm_a,ibm_b", "OPTION_qpu-timeout": "300"})
    assert node.lines("task_init_privileged") >= {
        "set DIRECT_ACCESS_TIMEOUT_SECS=300",
        "set ibm_a_QRMI_JOB_TIMEOUT_SECONDS=300",
        "set ibm_b_QRMI_JOB_TIMEOUT_SECONDS=300",
    }


def test_a_timeout_alone_is_enough(node: Node) -> None:
    node.lines("job_prolog", **{"OPTION_qpu-timeout": "300"})
    told = node.lines("task_init_privileged")
    assert "set DIRECT_ACCESS_TIMEOUT_SECS=300" in told
    assert not [line for line in told if "QRMI" in line]


def test_a_job_without_a_grant_keeps_its_environment(node: Node) -> None:
    assert node.lines("task_init_privileged") == set()


def refused(node: Node, message: str, **job: str) -> None:
    called = node.call("task_init_privileged", **job)
    assert called.returncode == CONFIGURATION, called.stdout
    assert called.stdout == ""
    assert called.stderr == (f"direct-access: --qpu: {message}\n" if message else "")


def test_an_option_that_the_prolog_never_saw_ends_the_task(node: Node) -> None:
    message = "not granted when the job began: give it to sbatch or salloc, not to a step"
    refused(node, message, OPTION_qpu="ibm_a")


def test_an_option_that_differs_from_the_grant_ends_the_task(granted: Node) -> None:
    message = "differs from what the job was granted: give it to sbatch or salloc"
    refused(granted, message, OPTION_qpu="ibm_a")


def test_names_that_the_node_does_not_know_end_the_task(node: Node) -> None:
    node.lines("job_prolog", OPTION_qpu="forged")
    message = "unknown quantum system 'forged' (known here: ibm_a, ibm_b)"
    refused(node, message, OPTION_qpu="forged")


def test_the_first_task_alone_says_why(node: Node) -> None:
    refused(node, "", OPTION_qpu="ibm_a", TASK="1")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "nonsense",
        "uid 0\n",
        "x" * 5000,
        "uid 0\ngid 0\nrestarts 0\nnames a\ntypes b\ntimeout \nrefusal \n",
    ],
)
def test_a_record_that_is_not_of_this_job_ends_the_task(granted: Node, content: str) -> None:
    granted.record.write_text(content)
    refused(granted, "the record of this job on this node cannot be used")


def test_a_record_that_others_could_write_ends_the_task(granted: Node) -> None:
    granted.record.chmod(0o622)
    refused(granted, "the record of this job on this node cannot be used")


def test_a_directory_that_cannot_be_used_ends_only_the_tasks_that_asked(granted: Node) -> None:
    granted.run.chmod(0o777)
    assert granted.lines("task_init_privileged") == set()
    refused(granted, "the record of this job on this node cannot be used", OPTION_qpu="ibm_a,ibm_b")


@pytest.mark.parametrize("fails_at", ["1", "2", "3"])
def test_an_environment_that_cannot_be_set_ends_the_task(granted: Node, fails_at: str) -> None:
    called = granted.call("task_init_privileged", FAILS_AT=fails_at)
    assert called.returncode == CONFIGURATION
    assert "the environment of the job cannot be set" in called.stderr


# The end of the batch step ----


@pytest.fixture
def run(granted: Node) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the job's user, registered."""
    process = subprocess.Popen(["sleep", "600"], **as_nobody())
    register(granted, process.pid, start_ticks(process.pid))
    yield process
    process.kill()
    process.wait()


def start_ticks(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])


def register(node: Node, pid: int, ticks: int) -> None:
    entry = node.registry / str(pid)
    entry.write_text(f"{ticks}\n")
    if os.geteuid() == 0:
        os.chown(entry, NOBODY, NOBODY)


def is_alive(process: subprocess.Popen[bytes]) -> bool:
    """Whether it still runs."""
    return process.poll() is None


def test_a_registered_run_gets_term(granted: Node, run: subprocess.Popen[bytes]) -> None:
    assert granted.lines("task_exit") == set()
    assert run.wait() == -signal.SIGTERM


def test_the_end_of_another_step_disturbs_no_run(granted: Node, run: subprocess.Popen[bytes]) -> None:
    granted.lines("task_exit", STEP="0")
    assert is_alive(run)


def test_a_later_process_of_the_same_id_gets_nothing(granted: Node, run: subprocess.Popen[bytes]) -> None:
    register(granted, run.pid, start_ticks(run.pid) + 1)
    granted.lines("task_exit")
    assert is_alive(run)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_a_process_of_another_user_gets_nothing(granted: Node) -> None:
    roots = subprocess.Popen(["sleep", "600"])
    try:
        register(granted, roots.pid, start_ticks(roots.pid))
        granted.lines("task_exit")
        assert is_alive(roots)
    finally:
        roots.kill()
        roots.wait()


@pytest.mark.parametrize("name", ["1", "0", "-1", "99999999999", "x", ".4711", "4711x"])
def test_an_entry_of_another_name_is_passed_over(
    granted: Node, run: subprocess.Popen[bytes], name: str
) -> None:
    register(granted, run.pid, start_ticks(run.pid))
    (granted.registry / str(run.pid)).rename(granted.registry / name)
    granted.lines("task_exit")
    assert is_alive(run)


def test_a_link_or_a_pipe_in_the_registry_is_passed_over(granted: Node, run: subprocess.Popen[bytes]) -> None:
    entry = granted.registry / str(run.pid)
    entry.rename(granted.directory / "elsewhere")
    entry.symlink_to(granted.directory / "elsewhere")
    os.mkfifo(granted.registry / "4711")
    granted.lines("task_exit")
    assert is_alive(run)


def test_a_run_that_does_not_end_is_given_up_after_the_grace(granted: Node) -> None:
    script = "trap '' TERM; echo deaf; while :; do sleep 1; done"
    deaf = subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, **as_nobody())
    try:
        assert deaf.stdout.readline() == b"deaf\n"
        register(granted, deaf.pid, start_ticks(deaf.pid))
        began = time.monotonic()
        arguments = [f"names={granted.names}", f"run={granted.run}", "grace=1"]
        assert granted.call_bare("task_exit", *arguments).stdout == "returns 0\n"
        assert time.monotonic() - began >= 1
        assert is_alive(deaf)
    finally:
        deaf.kill()
        deaf.communicate()


def test_thousands_of_entries_are_no_matter(granted: Node, run: subprocess.Popen[bytes]) -> None:
    for number in range(2000):
        register(granted, 100_000_000 + number, 1)
    granted.lines("task_exit")
    assert run.wait() == -signal.SIGTERM
