import subprocess
import sys
import threading
from dataclasses import replace

import pytest

from direct_access.clock import ManualClock
from direct_access.config.choose_system import choose_system
from direct_access.config.settings import Limits, Settings
from direct_access.errors import ConfigurationError
from direct_access.services.composition import open_service
from direct_access.services.protocol import NewJob


@pytest.fixture
def two(s3_system, cos_system):
    return {"lab": s3_system, "other": replace(cos_system, name="other")}


def test_a_system_is_chosen_by_name(two):
    assert choose_system(Settings(two, default_system="lab"), "other").name == "other"


def test_the_default_system_is_chosen_without_a_name(two):
    assert choose_system(Settings(two, default_system="other"), None).name == "other"


def test_the_only_system_needs_no_name(s3_system):
    assert choose_system(Settings({"lab": s3_system}), None).name == "lab"


def test_two_systems_without_a_default_need_a_name(two):
    with pytest.raises(ConfigurationError, match="no system is chosen; configured are: lab, other"):
        choose_system(Settings(two), None)


def test_an_unknown_system_is_refused_with_those_that_are_known(two):
    with pytest.raises(ConfigurationError, match="no system 'x' is configured; configured are: lab, other"):
        choose_system(Settings(two), "x")


def test_no_system_at_all_is_a_matter_of_configuration():
    with pytest.raises(ConfigurationError, match="configured are: none"):
        choose_system(Settings({}), None)


def test_planning_and_describing_need_no_credential_and_no_request(s3_system, spec):
    service = open_service(
        Settings({"lab": s3_system}), None, clock=ManualClock(), stop=threading.Event(), notify=print
    )
    handle = service.plan(NewJob("j-1", "c/1/2.0"))
    shown = service.describe(handle, spec)
    assert service.system == "lab"
    assert shown["url"] == "https://qs.example:30060/v1/jobs"
    assert shown["upload"] == "https://inside:9000/lab/site/c/1/2.0/params%3Aj-1"
    assert shown["body"]["storage"]["results"]["presigned_url"].endswith("?***")


def test_an_input_that_exists_already_is_shown_as_no_upload(s3_system, spec):
    service = open_service(
        Settings({"lab": s3_system}), None, clock=ManualClock(), stop=threading.Event(), notify=print
    )
    storage = {"input": {"object_name": "shared.json"}}
    handle = service.plan(NewJob("j-1", "c/1/2.0", storage, external_input=True))
    assert service.describe(handle, spec)["upload"] is None


@pytest.mark.parametrize("heavy", ["urllib3", "botocore", "boto3", "ibm_botocore", "ibm_boto3", "requests"])
def test_importing_the_composition_loads_nothing_heavy(heavy):
    program = f"import direct_access.services.composition, sys; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_no_sdk_is_loaded_before_a_store_is_used():
    program = (
        "import direct_access.services.on_prem.service, sys;"
        "sys.exit(bool({'boto3', 'botocore', 'ibm_boto3', 'ibm_botocore'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.fixture
def mixed(two):
    """Return two systems on the premises and one in the cloud."""
    cloud = replace(two["lab"], name="ibm", service="cloud", url="")
    return {**two, "ibm": cloud}


ALLOWED = Limits(allow_cloud=True)


def test_the_service_picks_the_system_that_has_it(mixed):
    settings = Settings(mixed, default_system="lab", service="cloud", limits=ALLOWED)
    assert choose_system(settings, None).name == "ibm"


def test_a_system_that_was_asked_for_must_have_the_service(mixed):
    settings = Settings(
        mixed, default_system="lab", service="cloud", limits=ALLOWED, origins={"default_system": "option"}
    )
    with pytest.raises(ConfigurationError, match="has not service: cloud"):
        choose_system(settings, None)


def test_several_systems_of_the_service_need_a_name(mixed):
    with pytest.raises(ConfigurationError, match="configured with service: on_prem are: lab, other"):
        choose_system(Settings(mixed, service="on_prem"), None)


def test_the_cloud_is_refused_where_the_site_does_not_allow_it(mixed):
    with pytest.raises(ConfigurationError, match="leaves the premises"):
        choose_system(Settings(mixed), "ibm")


def test_a_simulated_cloud_on_this_host_needs_no_permission(mixed):
    simulated = {"ibm": replace(mixed["ibm"], url="http://127.0.0.1:8080/api")}
    assert choose_system(Settings(simulated), None).name == "ibm"


def test_an_instance_of_another_region_than_the_server_is_refused_before_any_request(mixed):
    crn = "crn:v1:bluemix:public:quantum-computing:eu-de:a/1:2::"
    foreign = replace(mixed["ibm"], service_crn=crn, url="https://quantum.cloud.ibm.com/api")
    with pytest.raises(ConfigurationError, match=r"in eu-de, and .* serves another region") as caught:
        open_service(
            Settings({"ibm": foreign}, limits=ALLOWED),
            None,
            clock=ManualClock(),
            stop=threading.Event(),
            notify=print,
        )
    assert "leave out the url" in caught.value.advice
