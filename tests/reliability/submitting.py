"""What may go wrong until the job has been accepted, and while we wait for it."""

from __future__ import annotations

import json

from tests.integration.conftest import BELL
from tests.reliability.row import Row, row
from tests.reliability.stage import Played, Stage

SUBMITTING: list[Row] = []
WAITING: list[Row] = []

OUR_ID = "6f2f7d5e-0b7e-4b0a-9a44-3d2f0f8c1a77"
PEER_BUSY = "waits without a word and without bound; TERM and INT do nothing"


def busy(status: int, code: str) -> dict[str, object]:
    """Return the fault of a backend that takes no job now, in the words of the API."""
    errors = [{"code": code, "message": "busy", "more_info": ""}]
    body = json.dumps({"status_code": status, "errors": errors})
    return {"method": "POST", "path": "/v1/jobs", "status": status, "body": body}


@row(
    SUBMITTING,
    "the answer to the submission is lost, the job is accepted",
    "the server is asked for our id; the job there is compared with ours and adopted",
    exit_status=0,
    peer="submits again, takes the 409 for bad input, exits 1; the job runs on unseen",
)
def the_answer_to_the_submission_is_lost(stage: Stage) -> Played:
    stage.fault(method="POST", path="/v1/jobs", after_work=True, reset=True)
    return stage.run()


@row(
    SUBMITTING,
    "a proxy answers 503 to the submission, the job is accepted",
    "as above",
    exit_status=0,
    peer="as above",
)
def a_proxy_answers_for_the_server(stage: Stage) -> Played:
    stage.fault(method="POST", path="/v1/jobs", after_work=True, status=503)
    return stage.run()


@row(
    SUBMITTING,
    "the API itself says that it failed (500, with a code of its own) at every submission",
    "tried again until the deadline; then there is no job and no object",
    "giving up at",
    exit_status=69,
    executions=0,
    disk="journal at step upload",
    peer="gives up after 10 s, exit 1; the params object stays",
)
def the_server_is_in_trouble(stage: Stage) -> Played:
    body = json.dumps({"status_code": 500, "errors": [{"code": "1000", "message": "it failed"}]})
    stage.fault(method="POST", path="/v1/jobs", status=500, body=body, times=None)
    return stage.run("--wait-deadline", "2")


@row(
    SUBMITTING,
    "another job has the id that the job file gives",
    "an error before anything is uploaded; the other job and its objects stay as they are",
    "exists already",
    exit_status=65,
    server="job Completed, params, results, log",
    disk="nothing",
)
def another_job_has_our_id(stage: Stage) -> Played:
    other = stage.site.job_file(BELL + f"id: {OUR_ID}\n", "other.yaml")
    assert stage.run("--keep", "all", job_file=other).exit_status == 0
    mine = stage.site.job_file(BELL.replace("timeout_secs: 60", "timeout_secs: 61") + f"id: {OUR_ID}\n")
    return stage.run(job_file=mine)


@row(
    SUBMITTING,
    "all lanes are in use for a while (429)",
    "waits, and says so, until a lane is free",
    "since",
    exit_status=0,
    peer=PEER_BUSY,
)
def lanes_are_full(stage: Stage) -> Played:
    stage.fault(**busy(429, "1232"))
    return stage.run()


@row(
    SUBMITTING,
    "all lanes are in use, `--on-busy fail`",
    "ends at once; no job exists",
    "1232",
    exit_status=75,
    executions=0,
    disk="journal at step upload",
    peer=PEER_BUSY,
)
def lanes_are_full_and_we_shall_not_wait(stage: Stage) -> Played:
    stage.fault(**busy(429, "1232"), times=None)
    return stage.run("--on-busy", "fail")


@row(
    SUBMITTING,
    "the backend is offline or paused for a while",
    "waits, and says so, until it takes jobs",
    "the backend takes no jobs now",
    "since",
    exit_status=0,
)
def the_backend_is_closed(stage: Stage) -> Played:
    stage.fault(**busy(503, "1004"))
    return stage.run()


@row(
    SUBMITTING,
    "a gateway answers 404 in place of the API, to the submission or while we wait",
    "it says nothing of the job: asked again",
    "what answers there is not the API",
    exit_status=0,
)
def a_gateway_answers_404(stage: Stage) -> Played:
    stage.fault(method="POST", path="/v1/jobs", status=404, body="default backend - 404")
    stage.fault(method="GET", path="/v1/jobs/*", status=404, body="default backend - 404")
    return stage.run()


@row(
    SUBMITTING,
    "the backend stays reserved (423) until our deadline",
    "waits, and says until when; then ends, no job exists",
    "giving up at",
    "1233",
    exit_status=75,
    executions=0,
    disk="journal at step upload",
    peer=PEER_BUSY,
)
def the_backend_is_reserved(stage: Stage) -> Played:
    stage.fault(**busy(423, "1233"), times=None)
    return stage.run("--wait-deadline", "2")


@row(
    SUBMITTING,
    "the server refuses the body (400, 413, 422)",
    "our input: told with the server's words; nothing stays",
    exit_status=65,
    executions=0,
    disk="journal",
    peer="a traceback with the raw body, exit 1",
)
def the_server_refuses_the_body(stage: Stage) -> Played:
    stage.fault(method="POST", path="/v1/jobs", status=422)
    return stage.run()


@row(
    SUBMITTING,
    "the store is away during the upload",
    "tried again until it takes the params",
    "again",
    exit_status=0,
    peer="three attempts in about a second, then exit 1",
)
def the_store_is_away_during_the_upload(stage: Stage) -> Played:
    stage.fault(app="store", method="PUT", status=503, times=2)
    return stage.run()


@row(
    SUBMITTING,
    "the answer to the upload is lost",
    "the same bytes are uploaded again",
    exit_status=0,
    peer="repeated by its SDK",
)
def the_answer_to_the_upload_is_lost(stage: Stage) -> Played:
    stage.fault(app="store", method="PUT", after_work=True, reset=True)
    return stage.run()


@row(
    WAITING,
    "the API answers 503 or hangs up while the job runs",
    "asked again; the job is not touched",
    "since",
    exit_status=0,
    peer="asks again for ever",
)
def the_api_is_away_while_the_job_runs(stage: Stage) -> Played:
    process = stage.started()
    stage.fault(method="GET", path="/v1/jobs/*", status=503)
    stage.fault(method="GET", path="/v1/jobs/*", reset=True)
    stage.until(lambda: not stage.site.simulator.faults.pending())
    stage.release()
    return stage.finish(process)


@row(
    WAITING,
    "the token is revoked while the job runs (401)",
    "a fresh token, the same request again",
    exit_status=0,
    peer="the same",
)
def the_token_is_revoked(stage: Stage) -> Played:
    process = stage.started()
    stage.fault(method="GET", path="/v1/jobs/*", status=401)
    stage.until(lambda: not stage.site.simulator.faults.pending())
    stage.release()
    return stage.finish(process)


@row(
    WAITING,
    "the server never accepts our tokens any more (401)",
    "one fresh token, then the end; the job goes on, and can be collected later",
    "direct-access collect",
    exit_status=77,
    server="job Running, params",
    disk="journal at step wait",
    peer="asks for ever, a new token each second",
)
def no_token_is_accepted(stage: Stage) -> Played:
    process = stage.started()
    stage.fault(method="GET", path="/v1/jobs/*", status=401, times=None)
    return stage.finish(process)


@row(
    WAITING,
    "an answer that is not valid JSON",
    "outside the contract: the end; the job can be collected later",
    "direct-access collect",
    exit_status=76,
    server="job Running, params",
    disk="journal at step wait",
    peer="asks for ever",
)
def an_answer_is_garbage(stage: Stage) -> Played:
    process = stage.started()
    stage.fault(method="GET", path="/v1/jobs/*", reply="garbage", times=None)
    return stage.finish(process)


@row(
    WAITING,
    "our deadline comes before the job's end",
    "the job keeps running; the command that picks it up is printed",
    "keeps running",
    "direct-access collect",
    exit_status=124,
    server="job Running, params, mark",
    disk="journal at step wait",
    peer="no deadline",
)
def the_deadline_comes_first(stage: Stage) -> Played:
    stage.outcome(manual=True)
    return stage.run("--wait-deadline", "1")


@row(
    WAITING,
    "collected after the deadline",
    "results and log as if nothing had been; the server is cleaned up",
    exit_status=0,
)
def collected_later(stage: Stage) -> Played:
    the_deadline_comes_first(stage)
    stage.release()
    return stage.command("collect", stage.site.run_directory)
