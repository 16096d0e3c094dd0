"""What may go wrong around a run: credentials, certificates, disks, other processes."""

from __future__ import annotations

import os
import signal

from tests.reliability.row import Row, row
from tests.reliability.stage import Played, Stage

ACCESS: list[Row] = []
DISK: list[Row] = []
CRASHES: list[Row] = []


@row(
    ACCESS,
    "IAM does not know the API key",
    "told with IAM's code; the params that were uploaded are removed again",
    "BXNIM0415E",
    exit_status=77,
    executions=0,
    disk="journal at step upload",
    peer="exit 1; the params object stays in the bucket",
)
def iam_does_not_know_the_key(stage: Stage) -> Played:
    stage.site.simulator.api_keys.clear()
    return stage.run()


@row(
    ACCESS,
    "IAM is away for a while",
    "asked again",
    "again",
    exit_status=0,
    peer="five attempts, 9 to 13 s, then exit 1",
)
def iam_is_away(stage: Stage) -> Played:
    stage.fault(app="iam", status=503, times=2)
    return stage.run()


@row(
    ACCESS,
    "the action is not allowed (403)",
    "names the action that the administrator has to allow; nothing stays",
    "quantum-computing.direct-access-job.create",
    exit_status=77,
    executions=0,
    disk="journal at step upload",
    peer="a traceback with the raw body, exit 1",
)
def the_action_is_not_allowed(stage: Stage) -> Played:
    stage.fault(method="POST", path="/v1/jobs", status=403)
    return stage.run()


@row(
    ACCESS,
    "the store refuses the upload (403)",
    "told with bucket and endpoint; no job exists",
    exit_status=77,
    executions=0,
    disk="journal at step upload",
    peer="exit 1, neither endpoint nor bucket in the message",
)
def the_store_refuses_the_upload(stage: Stage) -> Played:
    stage.fault(app="store", method="PUT", status=403, times=None)
    return stage.run()


@row(
    ACCESS,
    "no configuration",
    "names the file that it looked for",
    "/nonexistent/config.yaml",
    exit_status=78,
    executions=0,
    disk="nothing",
)
def no_configuration(stage: Stage) -> Played:
    return stage.run(DIRECT_ACCESS_CONFIG="/nonexistent/config.yaml")


@row(
    DISK,
    "the output directory cannot be made",
    "told before the first request",
    exit_status=73,
    executions=0,
    disk="nothing",
    peer="told before the first request, exit 1",
)
def the_output_directory_cannot_be_made(stage: Stage) -> Played:
    (stage.site.home / "file").write_text("no directory")
    return stage.run("--output-dir", "file/run")


@row(
    DISK,
    "the disk is full when the results come",
    "job and objects stay untouched; the command that collects them later is printed",
    "direct-access collect",
    exit_status=74,
    server="job Completed, params, results, log",
    disk="journal at step collect",
    peer="exit 0, a truncated file",
)
def the_disk_is_full(stage: Stage) -> Played:
    stage.outcome(results_bytes=8 << 20)
    return limited(stage, "run", str(stage.site.job_file()))


def limited(stage: Stage, *arguments: str) -> Played:
    """Run the command where no file may be longer than 4 MiB (RLIMIT_FSIZE, setrlimit(2))."""
    import resource
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "direct_access", *arguments],
        cwd=stage.site.home,
        env=stage.site.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4 << 20, 4 << 20)),
    )
    return Played(done.returncode, done.stderr)


@row(
    DISK,
    "collected once there is room",
    "results and log verified; the server is cleaned up",
    exit_status=0,
)
def collected_once_there_is_room(stage: Stage) -> Played:
    the_disk_is_full(stage)
    return stage.command("collect", stage.site.run_directory)


@row(
    DISK,
    "the run directory is deleted while we wait",
    "the job can be collected by its id",
    "direct-access collect",
    exit_status=74,
    server="job Completed, params, results, log",
    disk="nothing",
)
def the_run_directory_is_deleted(stage: Stage) -> Played:
    import shutil

    process = stage.started()
    shutil.rmtree(stage.site.run_directory)
    stage.release()
    return stage.finish(process)


@row(
    CRASHES,
    "SIGKILL while we wait, the same command again",
    "the run is resumed where it was: the same job, one execution",
    "resume",
    exit_status=0,
    peer="the job stays Running on the server; a second one is started",
)
def killed_and_started_again(stage: Stage) -> Played:
    process = stage.started()
    process.kill()
    process.communicate()
    stage.release()
    return stage.run()


@row(
    CRASHES,
    "the same job file is run twice at once",
    "the second one names host and pid of the first, and does nothing",
    "belongs to a run that is under way: pid",
    exit_status=73,
    server="job Running, params",
    disk="journal at step wait",
    peer="two jobs",
)
def run_twice_at_once(stage: Stage) -> Played:
    first = stage.started()
    second = stage.run()
    first.kill()
    first.communicate()
    return second


@row(
    CRASHES,
    "nobody reads what the command says (a closed pipe)",
    "the run goes on without saying it",
    exit_status=0,
)
def nobody_listens(stage: Stage) -> Played:
    process = stage.started()
    assert process.stdout is not None
    process.stdout.close()
    stage.release()
    assert process.stderr is not None
    process.stderr.close()
    return Played(process.wait(60), "")


@row(
    CRASHES,
    "suspended and resumed: TSTP, STOP, CONT, as `scontrol suspend` and `resume` send them",
    "nothing: the run goes on",
    exit_status=0,
    peer="CONT cancels and deletes the job",
)
def suspended_and_continued(stage: Stage) -> Played:
    process = stage.started()
    process.send_signal(signal.SIGTSTP)  # without effect in an orphaned process group (setpgid(2))
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
    process.send_signal(signal.SIGCONT)
    stage.release()
    return stage.finish(process)
