"""The commands for those who manage the cloud, against a simulated one."""

from __future__ import annotations

import csv
import json

import pytest

from tests.integration.conftest import Site

PLAN = "4c8f6c1e-0f5c-4c6c-9d0a-000000000004"
PLACE = ("--region", "us-east", "--resource-group", "default", "--plan", PLAN)


def document(done):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def rows(done):
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(done.stdout.splitlines()))


def test_an_instance_is_created_changed_and_found_by_its_name(site: Site) -> None:
    amounts = ("--limit", "10m", "--allocation", "1h", "--backend", "none")
    made = document(site.run("instance", "create", "chemistry", *PLACE, *amounts, "--format", "json"))
    assert (made["limit_secs"], made["allocation_secs"], made["backends"]) == (600, 3600, [])
    document(site.run("instance", "update", "chemistry", "--limit", "none", "--format", "json"))
    shown = document(site.run("instance", "show", "chemistry", "--format", "json"))
    assert (shown["guid"], shown["limit_secs"], shown["allocation_secs"]) == (made["guid"], None, 3600)


def test_instances_are_listed_as_csv(site: Site) -> None:
    (one,) = rows(site.run("instance", "list", "--format", "csv"))
    assert (one["name"], one["region"], one["backends"]) == ("simulator", "us-east", "ANY")


def test_the_system_s_own_instance_is_shown_without_a_name(site: Site) -> None:
    shown = document(site.run("instance", "show", "--format", "json"))
    assert shown["crn"] == site.simulator.cloud_crn


def test_the_limit_of_the_instance_is_set_shown_and_removed(site: Site) -> None:
    assert "600" in site.run("instance", "limit", "10m").stdout
    assert document(site.run("instance", "limit", "--format", "json"))["limit_secs"] == 600
    assert "none" in site.run("instance", "limit", "none").stdout


@pytest.mark.parametrize(
    ("arguments", "words"), [(("--limit", "soon"), "is not a valid duration"), (("--limit", "0.5"), "whole")]
)
def test_an_amount_that_is_no_whole_number_of_seconds_is_wrong_usage(site: Site, arguments, words) -> None:
    done = site.run("instance", "update", "simulator", *arguments)
    assert done.returncode == 2
    assert words in done.stderr


def test_a_plan_that_does_not_exist_is_bad_input_in_the_server_s_words(site: Site) -> None:
    done = site.run("instance", "create", "x", *PLACE[:-1], "gold")
    assert done.returncode == 65
    assert "'gold' is not a plan" in done.stderr


def test_a_session_is_created_shown_and_closed(site: Site) -> None:
    made = document(site.run("session", "create", "--mode", "batch", "--max-ttl", "1h", "--format", "json"))
    assert (made["mode"], made["state"], made["max_ttl"]) == ("batch", "open", 3600)
    assert "closes when its queue is empty" in site.run("session", "close", made["id"]).stdout
    shown = document(site.run("session", "show", made["id"], "--format", "json"))
    assert shown["state"] == "closed"


def test_a_session_that_is_closed_now_is_closed(site: Site) -> None:
    made = document(site.run("session", "create", "--format", "json"))
    assert site.run("session", "close", "--now", made["id"]).returncode == 0
    assert document(site.run("session", "show", made["id"], "--format", "json"))["state"] == "closed"


def test_a_session_that_does_not_exist_is_told_with_the_server_s_code(site: Site) -> None:
    done = site.run("session", "show", "nope")
    assert done.returncode == 65
    assert "code 4001" in done.stderr


def test_a_session_is_a_workload(site: Site) -> None:
    made = document(site.run("session", "create", "--mode", "batch", "--format", "json"))
    (one,) = rows(site.run("workloads", "--format", "csv"))
    assert (one["id"], one["mode"]) == (made["id"], "batch")
    assert rows(site.run("workloads", "--mode", "job", "--format", "csv")) == []


def test_more_workloads_than_fit_a_page_are_all_shown_the_newest_first(site: Site) -> None:
    made = [document(site.run("session", "create", "--format", "json"))["id"] for _ in range(3)]
    shown = [one["id"] for one in rows(site.run("workloads", "--limit", "2", "--format", "csv"))]
    assert shown == made[:0:-1]


def test_the_usage_of_the_instance_is_in_seconds(site: Site) -> None:
    site.run("instance", "limit", "10m")
    used = document(site.run("usage", "--format", "json"))
    assert (used["usage_consumed_seconds"], used["usage_limit_seconds"]) == (0, 600)


@pytest.mark.parametrize("by", ["instance", "backend", "user_id", "plan", "subscription_id", "date"])
def test_the_usage_of_the_account_is_grouped(site: Site, by) -> None:
    site.run("session", "create")
    done = rows(site.run("usage", "--by", by, "--format", "csv"))
    assert [one["sessions"] for one in done] == ["1"]


def test_filters_without_the_account_are_wrong_usage(site: Site) -> None:
    done = site.run("usage", "--from", "2026-11-01T00:00:00Z")
    assert done.returncode == 2
    assert "--by or --account" in done.stderr


def test_a_system_on_the_premises_is_refused(site: Site) -> None:
    done = site.run("usage", "--system", "simulator")
    assert done.returncode == 78
    assert "is on the premises" in done.stderr
