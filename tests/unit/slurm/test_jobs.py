"""Jobs as Slurm prints them, and names of objects."""

from __future__ import annotations

import pytest

from direct_access.errors import ProtocolError
from direct_access.model.jobs import parse_job
from direct_access.slurm.jobs import SlurmJob, parse_jobs, parse_steps
from direct_access.slurm.owner_name import Owner, owner_of
from tests.support.squeue import job_line

RUNNING = job_line("ArrayJobId=2 ArrayTaskId=1 SubmitTime=1795271281 EndTime=1826807281", job_id=4)
PENDING = job_line(
    "JobState=PENDING ArrayTaskId=2-5%1 SubmitTime=1795271281 Reason=JobArrayTaskLimit", job_id=2
)
HETEROGENEOUS = job_line("JobState=PENDING HetJobId=5 SubmitTime=1795271281 EndTime=NONE", job_id=6)


def test_each_line_is_a_job() -> None:
    assert parse_jobs(RUNNING + PENDING + HETEROGENEOUS) == [
        SlurmJob(4, "RUNNING", 0, 1795271281.0, 1826807281.0, 2, "1", reason="None"),
        SlurmJob(2, "PENDING", 0, 1795271281.0, None, 2, "2-5%1", reason="JobArrayTaskLimit"),
        SlurmJob(6, "PENDING", 0, 1795271281.0, None, is_heterogeneous=True, reason="None"),
    ]


def test_no_job_is_an_empty_list() -> None:
    assert parse_jobs("") == []


@pytest.mark.parametrize(
    "other", ["slurm_load_jobs error\n", RUNNING[:-9], "CLUSTER: other\n", RUNNING.replace("4|", "x|", 1)]
)
def test_a_line_that_is_no_job_makes_the_whole_answer_worthless(other: str) -> None:
    with pytest.raises(ProtocolError):
        parse_jobs(RUNNING + other)


def test_steps_are_known_by_their_names() -> None:
    assert parse_steps("1.0\n1.batch\n2_1.batch\n6+1.0\n") == {"1.0", "1.batch", "2_1.batch", "6+1.0"}
    with pytest.raises(ProtocolError):
        parse_steps("1.0\nslurm_load_jobs error\n")


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
        ("lab/1000/7.0.12/params:q-1", Owner("lab", 1000, 7, None, 0, 12)),
        ("lab/1000/5_2.3.0/params:q-1", Owner("lab", 1000, 5, 2, 3, 0)),
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
