"""Lines as Slurm 22.05 printed them, with times as seconds, and names of objects."""

from __future__ import annotations

import pytest

from direct_access.errors import ProtocolError
from direct_access.model.jobs import parse_job
from direct_access.reaper.owners import Owner, owner_of
from direct_access.reaper.slurm_jobs import SlurmJob, parse_jobs

RUNNING = (
    "JobId=4 ArrayJobId=2 ArrayTaskId=1 ArrayTaskThrottle=1 JobName=wrap UserId=alice(1000) "
    "GroupId=alice(1000) MCS_label=N/A Priority=4294901758 Nice=0 Account=(null) QOS=(null) "
    "JobState=RUNNING Reason=None "
    "Dependency=(null) Requeue=1 Restarts=0 BatchFlag=1 Reboot=0 ExitCode=0:0 RunTime=00:00:02 "
    "TimeLimit=365-00:00:00 TimeMin=N/A SubmitTime=1795271281 EligibleTime=1795271281 AccrueTime=Unknown "
    "StartTime=1795271281 EndTime=1826807281 Deadline=N/A SuspendTime=None SecsPreSuspend=0 Partition=p "
    "NodeList=n1 Command=(null) WorkDir=/home/alice"
)
PENDING = (
    "JobId=2 ArrayJobId=2 ArrayTaskId=2-5%1 ArrayTaskThrottle=1 JobName=wrap UserId=alice(1000) "
    "GroupId=alice(1000) JobState=PENDING Reason=JobArrayTaskLimit Dependency=(null) Requeue=1 Restarts=0 "
    "SubmitTime=1795271281 StartTime=Unknown EndTime=Unknown NodeList= Command=(null)"
)
HETEROGENEOUS = (
    "JobId=6 HetJobId=5 HetJobOffset=1 JobName=wrap HetJobIdSet=5-6 UserId=alice(1000) GroupId=alice(1000) "
    "JobState=PENDING Reason=Resources Restarts=0 SubmitTime=1795271281 StartTime=Unknown EndTime=Unknown"
)


def test_each_line_is_a_job() -> None:
    assert parse_jobs(f"{RUNNING}\n{PENDING}\n{HETEROGENEOUS}\n") == [
        SlurmJob(4, "RUNNING", 0, 1795271281.0, 1826807281.0, 2, "1"),
        SlurmJob(2, "PENDING", 0, 1795271281.0, None, 2, "2-5%1"),
        SlurmJob(6, "PENDING", 0, 1795271281.0, None),
    ]


def test_no_job_is_an_empty_list() -> None:
    assert parse_jobs("No jobs in the system\n") == []


def test_texts_of_users_are_not_read() -> None:
    line = RUNNING.replace("JobName=wrap", "JobName=x JobId=1 JobState=CANCELLED") + " Restarts=9"
    assert parse_jobs(line) == parse_jobs(RUNNING)


def test_a_line_that_is_no_job_makes_the_whole_answer_worthless() -> None:
    with pytest.raises(ProtocolError):
        parse_jobs(f"{RUNNING}\nslurm_load_jobs error\n")


def job_with(**storage: object) -> Owner | None:
    document = {"id": "q-1", "backend": "ibm_x", "program_id": "sampler", "status": "Running"}
    return owner_of(parse_job({**document, "storage": storage}))


def cos(name: str) -> dict[str, str]:
    return {"type": "ibmcloud_cos", "object_name": name}


def s3(path: str) -> dict[str, str]:
    return {
        "type": "s3_compatible",
        "presigned_url": f"https://s3.example.org/bucket/{path}?X-Amz-Signature=0",
    }


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("lab/1000/7.0/params:q-1", Owner("lab", 1000, 7, None, 0)),
        ("site/prefix/lab/1000/5_2.3/params:q-1", Owner("lab", 1000, 5, 2, 3)),
        ("lab/1000/local.0/params:q-1", Owner("lab", 1000, None, None, 0)),
    ],
)
def test_the_names_of_its_objects_say_whose_a_job_is(name: str, owner: Owner) -> None:
    assert job_with(input=cos(name)) == owner
    assert job_with(results=s3(name.replace("params", "results").replace(":", "%3A"))) == owner
    assert str(owner) in name


@pytest.mark.parametrize(
    "name",
    ["params:q-1", "lab/1000/7.0/params:q-2", "lab/1000/7/params:q-1", "lab/u/7.0/params:q-1", "mine-q-1"],
)
def test_other_names_say_nothing(name: str) -> None:
    assert job_with(input=cos(name)) is None


def test_names_that_do_not_agree_say_nothing() -> None:
    assert job_with(input=cos("lab/1/7.0/params:q-1"), results=cos("lab/1/8.0/results:q-1")) is None


def test_a_name_that_its_user_chose_leaves_the_others_to_say_it() -> None:
    assert job_with(input=cos("mine"), results=cos("lab/1/8.0/results:q-1")) == Owner("lab", 1, 8, None, 0)
