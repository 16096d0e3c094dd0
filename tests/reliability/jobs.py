"""How the quantum job itself may end, and how results may be wrong."""

from __future__ import annotations

from tests.reliability.row import Row, row
from tests.reliability.stage import Played, Stage

ENDS: list[Row] = []
RESULTS: list[Row] = []

PEER_ENDS = (
    "exit 0; prints the status without the reason, fetches no log, and deletes the job with its reason; "
    "an older output file stays"
)


@row(
    ENDS,
    "the job Failed",
    "the log is saved, the reason printed; the objects stay for whoever looks into it",
    "Error in the circuit",
    "code 1517",
    exit_status=4,
    server="params, log",
    disk="log",
    peer=PEER_ENDS,
)
def the_job_failed(stage: Stage) -> Played:
    stage.outcome(status="Failed", reason_code=1517, reason_message="Error in the circuit")
    return stage.run()


@row(
    ENDS,
    "the job ran longer than `timeout_secs`",
    "it is Cancelled by the system; the reason is printed, the log saved",
    "ran too long",
    exit_status=3,
    disk="log",
    peer=PEER_ENDS,
)
def the_job_ran_too_long(stage: Stage) -> Played:
    stage.outcome(status="Cancelled", reason_code=1305, reason_message="Job ran too long")
    return stage.run()


@row(
    ENDS,
    "somebody deletes the job while we wait for it",
    "the server says so again for half a minute; what the job may have left is named",
    "no longer knows job",
    "direct-access delete",
    exit_status=76,
    server="params",
    disk="journal",
    peer="asks for ever",
)
def the_job_vanished(stage: Stage) -> Played:
    process = stage.started()
    job_id = stage.job.id
    stage.fault(method="GET", path="/v1/jobs/*", status=500)
    stage.site.simulator.jobs.cancel(job_id)
    stage.site.simulator.wait_for(job_id)
    stage.site.simulator.jobs.delete(job_id)
    return stage.finish(process)


@row(
    RESULTS,
    "the connection breaks in the middle of the results",
    "the download goes on at the byte where it broke",
    "resuming",
    exit_status=0,
    peer="repeated by its SDK",
)
def results_are_cut_off(stage: Stage) -> Played:
    stage.outcome(results_bytes=1 << 20)
    stage.fault(app="store", method="GET", path="*results*", cut_after=100_000)
    return stage.run()


@row(
    RESULTS,
    "the store refuses the results for a while",
    "fetched again until they come",
    exit_status=0,
    peer="exit 0 without a file",
)
def results_come_late(stage: Stage) -> Played:
    stage.fault(app="store", method="GET", path="*results*", status=503, times=2)
    return stage.run()


@row(
    RESULTS,
    "the job is Completed, but its results are not whole",
    "fetched again, then kept aside; job and objects are untouched",
    "the results of job",
    "direct-access collect",
    exit_status=74,
    server="job Completed, params, results, log",
    disk="rejected results, journal at step collect",
    peer="exit 0; written as they are",
)
def results_are_spoilt(stage: Stage) -> Played:
    stage.outcome(results="truncated")
    return stage.run()


@row(
    RESULTS,
    "the job is Completed, but its results never appear",
    "looked for until patience ends; job and objects are untouched",
    "not in the store",
    "direct-access collect",
    exit_status=74,
    server="job Completed, params, log",
    disk="journal at step collect",
    peer="exit 0 without a file",
)
def results_never_appear(stage: Stage) -> Played:
    stage.outcome(results="missing")
    return stage.run("--wait-deadline", "3")


@row(
    RESULTS,
    "the server refuses to delete the job at the end",
    "the results are complete; what stays is named with the command that removes it",
    "could not remove job",
    "direct-access delete",
    exit_status=0,
    server="job Completed, params, results, log",
)
def deleting_is_refused(stage: Stage) -> Played:
    stage.fault(method="DELETE", status=403, times=None)
    return stage.run()


@row(
    RESULTS,
    "the answer to deleting the job is lost",
    "deleted again; that it is gone already is not an error",
    exit_status=0,
)
def the_answer_to_delete_is_lost(stage: Stage) -> Played:
    stage.fault(method="DELETE", after_work=True, reset=True)
    return stage.run()
