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
local job_desc = %s
local function slurm_job_submit(job_desc)
    local ok, refusal = pcall(direct_access.add_licenses, job_desc, %s)
    if ok and refusal then log_user(refusal) return "refused" end
    return "accepted"
end
print(slurm_job_submit(job_desc))
print(tostring(job_desc.licenses))
print(told)
"""


def submit(job: str, options: str = "nil", module: Path = MODULE) -> tuple[str, str, str]:
    """Return what becomes of a job: accepted or refused, its licences, what the user is told."""
    ended = subprocess.run(
        ["lua5.1", "-", str(module)], input=SITE % (job, options), capture_output=True, text=True, check=True
    )
    verdict, licenses, told = ended.stdout.split("\n")[:3]
    return verdict, licenses, told


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
    "licenses", ["ibm_x", "ibm_x:1", "ibm_x:3", "ibm_x@dbd:2", "matlab,ibm_x:1", "matlab; ibm_x"]
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


def test_the_first_part_of_a_heterogeneous_job_speaks_for_all() -> None:
    assert submit(job("ibm_x", more="het_job_offset = 0"))[1] == "ibm_x:1"
    assert submit(job("ibm_x", more="het_job_offset = 1"))[1] == "nil"


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


def test_alternatives_cannot_be_joined_and_are_refused_with_what_to_type() -> None:
    verdict, licenses, told = submit(job("ibm_x", "a|b"))
    assert (verdict, licenses) == ("refused", "a|b")
    assert told.endswith("type --licenses=ibm_x:1")


def test_plugin_and_option_may_be_called_otherwise() -> None:
    assert submit(job("ibm_x", plugin="qpu_2"), '{plugin = "qpu-2"}')[1] == "ibm_x:1"
    given = '{spank_job_env = {[0] = "_SLURM_SPANK_OPTION_direct_access_ibm_qpu=ibm_x"}}'
    assert submit(given, '{option = "ibm-qpu"}')[1] == "ibm_x:1"


def test_a_fault_blocks_nobody() -> None:
    assert submit("{spank_job_env = 7}")[0] == "accepted"


@pytest.mark.parametrize("content", [None, "this is no Lua", "error('broken')"])
def test_a_missing_or_broken_file_blocks_nobody(tmp_path: Path, content: str | None) -> None:
    module = tmp_path / "module.lua"
    if content is not None:
        module.write_text(content)
    assert submit(job("ibm_x"), module=module) == ("accepted", "nil", "")


def test_it_reads_and_writes_nothing_but_the_job() -> None:
    text = MODULE.read_text()
    assert [name for name in ("io.", "os.", "require", "popen", "loadfile") if name in text] == []
