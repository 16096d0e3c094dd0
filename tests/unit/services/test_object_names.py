import pytest

from direct_access.services.on_prem.object_names import chosen_name, default_name, is_default_name, mark_name

OWNER = "cluster/1000/4711_3.0"


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("input", "cluster/1000/4711_3.0/params:j-1"),
        ("results", "cluster/1000/4711_3.0/results:j-1"),
        ("logs", "cluster/1000/4711_3.0/logs:j-1"),
    ],
)
def test_a_name_tells_the_owner_and_the_job(role, name):
    assert default_name("", OWNER, role, "j-1") == name
    assert is_default_name(name, role, "j-1")


@pytest.mark.parametrize("prefix", ["site/jobs", "/site/jobs/"])
def test_a_prefix_stands_before_the_owner(prefix):
    assert default_name(prefix, OWNER, "logs", "j-1") == f"site/jobs/{OWNER}/logs:j-1"


def test_a_chosen_name_gets_the_id_where_it_asks_for_it():
    assert chosen_name("in/{id}/{id}.json", "j-1") == "in/j-1/j-1.json"


@pytest.mark.parametrize("name", ["params:j-1", "c/1/2.0/params:j-2", "c/1/2.0/xparams:j-1", "in/j-1.json"])
def test_an_object_called_otherwise_is_not_taken_for_ours(name):
    assert not is_default_name(name, "input", "j-1")


@pytest.mark.parametrize(
    ("results", "mark"),
    [
        ("site/c/1000/42.0/results:j-1", "site/c/1000/42.0/detached:j-1"),
        ("out/j-1.json", "out/detached:j-1"),
        ("j-1", "detached:j-1"),
    ],
)
def test_the_mark_of_a_detached_job_stands_beside_its_results(results, mark):
    assert mark_name(results, "j-1") == mark
