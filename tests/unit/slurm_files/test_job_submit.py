"""The function for job_submit.lua, in the interpreter that slurmctld embeds."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

MODULE = Path(__file__).parents[3] / "slurm" / "job_submit_direct_access.lua"

pytestmark = pytest.mark.skipif(shutil.which("lua5.1") is None, reason="lua5.1 is not installed")

SITE = """
local loaded, direct_access = pcall(dofile, arg[1])
local told = ""
local function log_user(text) told = text end
local function slurm_job_submit(job_desc)
    local ok, refusal = pcall(direct_access.add_licenses, job_desc, %s)
    if ok and refusal then log_user(refusal) return "refused" end
    return "accepted"
end
for _, job_desc in ipairs({%s}) do
    print(slurm_job_submit(job_desc))
    print(tostring(job_desc.licenses))
    print(told)
end
"""
MODIFY = """
local direct_access = dofile(arg[1])
local refusal = direct_access.keep_licenses({%s}, %s, %d, %s)
print(refusal or "accepted")
"""
ALICE = 61001


def submit(job: str, options: str = "nil", module: Path = MODULE) -> tuple[str, str, str]:
    """Return what becomes of a job: accepted or refused, its licences, what the user is told."""
    verdict, licenses, told = run(SITE % (options, job), module)[:3]
    return verdict, licenses, told


def licenses_of_parts(*parts: str) -> list[str]:
    """Submit the parts of a heterogeneous job, or of several, and return the licences of each."""
    numbered = [part.replace("{spank", f"{{user_id = {ALICE}, spank") for part in parts]
    return run(SITE % ("nil", ", ".join(numbered)))[1::3]


def modify(job: str, licenses: str | None, uid: int = ALICE, options: str = "nil") -> str:
    """Change the licences of a job; return whether that is accepted, or what the user is told.

    :param licenses: None where the change is of something else
    """
    change = "" if licenses is None else f'licenses = "{licenses}"'
    return run(MODIFY % (change, job, uid, options))[0]


def run(script: str, module: Path = MODULE) -> list[str]:
    """Run a script and return the lines that it prints."""
    command = ["lua5.1", "-", str(module)]
    ended = subprocess.run(command, input=script, capture_output=True, text=True, check=True)
    return ended.stdout.split("\n")[:-1]


def job(qpu: str, licenses: str | None = None, more: str = "", plugin: str = "direct_access") -> str:
    """Return a job_desc with the option as Slurm's own table holds it: it begins at 0."""
    given = f'licenses = "{licenses}",' if licenses else ""
    option = f"_SLURM_SPANK_OPTION_{plugin}_qpu={qpu}"
    return f'{{spank_job_env = {{[0] = "{option}", [1] = "SPANK_OTHER=1"}}, {given} {more}}}'


def test_the_option_becomes_a_licence() -> None:
    assert submit(job("ibm_x")) == ("accepted", "ibm_x:1", "")


def test_a_job_without_the_option_stays_as_it_is() -> None:
    assert submit('{licenses = "matlab:2"}') == ("accepted", "matlab:2", "")
    assert submit('{spank_job_env = {[0] = "_SLURM_SPANK_OPTION_other_qpu=ibm_x"}}')[1] == "nil"


@pytest.mark.parametrize(
    "licenses", ["ibm_x", "ibm_x:1", "ibm_x:3", "ibm_x@dbd", "ibm_x@dbd:2", "matlab,ibm_x:1", "matlab; ibm_x"]
)
def test_a_licence_that_was_asked_for_is_not_taken_twice(licenses: str) -> None:
    assert submit(job("ibm_x", licenses)) == ("accepted", licenses, "")


def test_a_licence_is_added_to_those_of_other_names() -> None:
    assert submit(job("ibm_x", "ibm_x2:1"))[1] == "ibm_x2:1,ibm_x:1"
    assert submit(job("ibm_x", "a:1;b:2"))[1] == "a:1;b:2;ibm_x:1"


def test_several_backends_are_a_licence_each_and_none_twice() -> None:
    assert submit(job("ibm_x,ibm_y, ibm_x"))[1] == "ibm_x:1,ibm_y:1"
    assert submit(job("ibm_x,ibm_y", "ibm_x:2"))[1] == "ibm_x:2,ibm_y:1"


def test_what_has_a_meaning_in_a_list_of_licences_becomes_an_underscore() -> None:
    assert submit(job("ibm:x@lab"))[1] == "ibm_x_lab:1"


def test_an_array_asks_for_what_each_of_its_tasks_takes() -> None:
    assert submit(job("ibm_x", more='array_inx = "0-63%5"'))[1] == "ibm_x:1"


@pytest.mark.parametrize("licenses", ["ibm_x:0", "ibm_x:-0", "ibm_x@dbd:00", "ibm_x: 0"])
def test_none_of_a_licence_is_not_one(licenses: str) -> None:
    assert submit(job("ibm_x", licenses))[1] == f"{licenses},ibm_x:1"


def test_a_licence_may_be_called_otherwise_than_its_backend() -> None:
    options = '{licenses = {ibm_x = "ibm_x@slurmdb", ibm_y = "lab"}}'
    assert submit(job("ibm_x,ibm_y,ibm_z"), options)[1] == "ibm_x@slurmdb:1,lab:1,ibm_z:1"
    assert submit(job("ibm_x", "ibm_x@slurmdb:2"), options)[1] == "ibm_x@slurmdb:2"


NO_OPTION = "{spank_job_env = {}, het_job_offset = %d}"


def part(number: int, qpu: str | None, licenses: str | None = None) -> str:
    """Return a part of a heterogeneous job."""
    return job(qpu, licenses, f"het_job_offset = {number}") if qpu else NO_OPTION % number


def test_a_heterogeneous_job_takes_one_whichever_of_its_parts_asks() -> None:
    assert licenses_of_parts(part(0, "ibm_x"), part(1, "ibm_x")) == ["ibm_x:1", "nil"]
    assert licenses_of_parts(part(0, None), part(1, "ibm_x"), part(2, "ibm_x")) == ["nil", "ibm_x:1", "nil"]
    assert licenses_of_parts(part(0, "ibm_x"), part(1, "ibm_y,ibm_x")) == ["ibm_x:1", "ibm_y:1"]
    assert licenses_of_parts(part(0, "ibm_x", "ibm_y"), part(1, "ibm_y")) == ["ibm_y,ibm_x:1", "nil"]


def test_where_slurm_takes_licences_of_the_first_part_only_a_later_one_is_told_what_to_type() -> None:
    slurm_24 = "slurm = {STEPMGR_ENABLED = 1}"
    verdict, licenses, told = run(f"{slurm_24}{SITE % ('nil', part(1, 'ibm_x'))}")
    assert (verdict, licenses) == ("refused", "nil")
    assert "type --qpu=ibm_x before the first ':'" in told
    parts = f"{part(0, 'ibm_x')}, {part(1, 'ibm_x')}"
    assert run(f"{slurm_24}{SITE % ('nil', parts)}")[1::3] == ["ibm_x:1", "nil"]


def test_the_next_heterogeneous_job_takes_one_too() -> None:
    parts = (part(0, None), part(1, "ibm_x"))
    assert licenses_of_parts(*parts, *parts) == ["nil", "ibm_x:1"] * 2
    assert licenses_of_parts(part(0, "ibm_x"), job("ibm_x"), part(0, "ibm_x")) == ["ibm_x:1"] * 3


def test_a_job_that_is_not_heterogeneous_has_no_part_number() -> None:
    assert submit(job("ibm_x", more="het_job_offset = 4294967294"))[1] == "ibm_x:1"


def test_an_unknown_backend_is_refused_with_what_to_type() -> None:
    verdict, licenses, told = submit(job("ibm_z"), '{known = {"ibm_y", "ibm_x"}}')
    assert (verdict, licenses) == ("refused", "nil")
    assert told == "--qpu: unknown backend 'ibm_z'; type --qpu=ibm_x (known here: ibm_x, ibm_y)"


def test_a_known_backend_is_taken() -> None:
    assert submit(job("ibm_x"), '{known = {"ibm_y", "ibm_x"}}')[:2] == ("accepted", "ibm_x:1")


@pytest.mark.parametrize("value", ["", ",", " "])
def test_an_option_without_a_name_is_refused_with_what_to_type(value: str) -> None:
    verdict, _, told = submit(job(value), '{known = {"ibm_x"}}')
    assert verdict == "refused"
    assert told.endswith("type --qpu=ibm_x")


@pytest.mark.parametrize("alternatives", ["a|b", "ibm_x|b"])
def test_alternatives_cannot_be_joined_and_are_refused_with_what_to_type(alternatives: str) -> None:
    verdict, licenses, told = submit(job("ibm_x", alternatives))
    assert (verdict, licenses) == ("refused", alternatives)
    assert told.endswith("type --licenses=ibm_x:1")


@pytest.mark.parametrize("licenses", ["", "matlab:1", "ibm_x:0", "ibm_x2:1", "ibm_x:1|matlab", " "])
def test_a_user_does_not_take_the_licence_of_the_option_off_a_job(licenses: str) -> None:
    told = modify(job("ibm_x", "matlab:1,ibm_x:1"), licenses)
    assert told.startswith("a job with --qpu=ibm_x keeps its licence; type licenses=ibm_x:1")


@pytest.mark.parametrize("licenses", [None, "ibm_x:1", "ibm_x:2", "ibm_x", "matlab,ibm_x:1"])
def test_other_changes_are_accepted(licenses: str | None) -> None:
    assert modify(job("ibm_x", "matlab:1,ibm_x:1"), licenses) == "accepted"


def test_a_licence_without_the_option_is_the_users() -> None:
    assert modify('{licenses = "ibm_x:1"}', "") == "accepted"
    assert modify(job("ibm_x"), "") == "accepted"  # a part of a heterogeneous job that has none


def test_administrators_may_take_it_off() -> None:
    assert modify(job("ibm_x", "ibm_x:1"), "", uid=0) == "accepted"
    assert modify(job("ibm_x", "ibm_x:1"), "", uid=64030, options="{administrators = {64030}}") == "accepted"
    assert modify(job("ibm_x", "ibm_x:1"), "", options="{administrators = {64030}}") != "accepted"


def test_plugin_and_option_may_be_called_otherwise() -> None:
    assert submit(job("ibm_x", plugin="qpu_2"), '{plugin = "qpu-2"}')[1] == "ibm_x:1"
    given = '{spank_job_env = {[0] = "_SLURM_SPANK_OPTION_direct_access_ibm_qpu=ibm_x"}}'
    assert submit(given, '{option = "ibm-qpu"}')[1] == "ibm_x:1"


def test_a_fault_blocks_nobody() -> None:
    assert submit("{spank_job_env = 7}")[0] == "accepted"


@pytest.mark.parametrize("content", [None, "this is not valid Lua", "error('broken')"])
def test_a_missing_or_broken_file_blocks_nobody(tmp_path: Path, content: str | None) -> None:
    module = tmp_path / "module.lua"
    if content is not None:
        module.write_text(content)
    assert submit(job("ibm_x"), module=module) == ("accepted", "nil", "")


def test_it_reads_and_writes_nothing_but_the_job() -> None:
    text = MODULE.read_text()
    assert [name for name in ("io.", "os.", "require", "popen", "loadfile") if name in text] == []
