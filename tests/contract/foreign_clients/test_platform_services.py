"""IBM's SDK of the platform's services manages the instances of the simulated cloud."""

from __future__ import annotations

from typing import Any

import pytest

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.qiskit_runtime.instances import OPEN, PAY_AS_YOU_GO, PREMIUM

pytest.importorskip("ibm_platform_services", reason="ibm-platform-services is not installed")
QUANTUM_SERVICE = "b6049020-80f4-11eb-a0f7-e35ec9b4054f"


@pytest.fixture(scope="module")
def controller(simulator: Simulator) -> Any:
    """Resource Controller as the SDK has it."""
    from ibm_cloud_sdk_core.authenticators import IAMAuthenticator
    from ibm_platform_services import ResourceControllerV2

    authenticator = IAMAuthenticator(simulator.api_key, url=simulator.iam_url)
    controller = ResourceControllerV2(authenticator=authenticator)
    controller.set_service_url(simulator.resource_controller_url)
    return controller


def create(controller: Any, name: str, plan_id: str = PREMIUM.id, **options: Any) -> Any:
    asked = {"name": name, "target": "us-east", "resource_group": "group", "resource_plan_id": plan_id}
    return controller.create_resource_instance(**asked, **options).get_result()


def refusal(controller: Any, **options: Any) -> Any:
    """Return the error of an instance that is not created."""
    from ibm_cloud_sdk_core import ApiException

    with pytest.raises(ApiException) as refused:
        create(controller, "refused", **options)
    return refused.value


def test_parameters_are_text_and_extensions_are_numbers(controller: Any) -> None:
    made = create(
        controller,
        "texts",
        parameters={
            "instance_limit_seconds": "600",
            "usage_allocation_seconds": "1200",
            "backends": ["ibm_small"],
        },
    )
    assert made["parameters"]["instance_limit_seconds"] == "600"
    assert made["extensions"] == {
        "instance_limit_seconds": 600,
        "usage_allocation_seconds": 1200,
        "backends": ["ibm_small"],
    }
    assert controller.get_resource_instance(id=made["guid"]).get_result() == made
    assert controller.get_resource_instance(id=made["crn"]).get_result() == made


def test_a_number_in_the_parameters_is_refused(controller: Any) -> None:
    refused = refusal(controller, parameters={"instance_limit_seconds": 600})
    assert (refused.status_code, "text of digits" in refused.message) == (400, True)


def test_the_open_plan_has_ten_minutes_unless_it_is_told_otherwise(controller: Any) -> None:
    assert create(controller, "open", OPEN.id)["extensions"]["instance_limit_seconds"] == 600
    told = create(controller, "told", OPEN.id, parameters={"instance_limit_seconds": "60"})
    assert told["extensions"]["instance_limit_seconds"] == 60
    assert create(controller, "any")["extensions"]["backends"] == ["ANY"]


def test_pay_as_you_go_has_no_allocation(controller: Any) -> None:
    refused = refusal(controller, plan_id=PAY_AS_YOU_GO.id, parameters={"usage_allocation_seconds": "1"})
    assert "usage_allocation_seconds does not apply" in refused.message


def test_an_instance_is_changed_in_what_is_named(controller: Any) -> None:
    made = create(controller, "before", parameters={"instance_limit_seconds": "600"})
    changed = controller.update_resource_instance(
        id=made["crn"], name="after", parameters={"backends": [], "instance_limit_seconds": None}
    ).get_result()
    assert (changed["name"], changed["guid"]) == ("after", made["guid"])
    assert changed["extensions"]["backends"] == []
    assert changed["extensions"]["instance_limit_seconds"] is None


def test_instances_are_listed_page_by_page(controller: Any, simulator: Simulator) -> None:
    from ibm_platform_services.resource_controller_v2 import ResourceInstancesPager

    names = {create(controller, f"listed-{number}")["name"] for number in range(3)}
    pager = ResourceInstancesPager(client=controller, resource_id=QUANTUM_SERVICE, limit=2)
    found = pager.get_all()
    assert names < {instance["name"] for instance in found}
    assert len(found) == len(simulator.cloud.instances.all())
    assert controller.list_resource_instances(name="listed-1").get_result()["rows_count"] == 1
    assert controller.list_resource_instances(resource_id="another").get_result()["rows_count"] == 0


def test_jobs_run_in_an_instance_that_was_created(controller: Any, simulator: Simulator) -> None:
    import urllib3

    made = create(controller, "used", parameters={"backends": ["ibm_small"]})
    token = simulator.tokens.issue(simulator.api_keys[simulator.api_key]).access_token
    headers = {
        "Authorization": f"Bearer {token}",
        "Service-CRN": made["crn"],
        "IBM-API-Version": "2026-04-15",
    }
    answer = urllib3.request("GET", f"{simulator.cloud_url}/v1/backends", headers=headers)
    assert [device["name"] for device in answer.json()["devices"]] == ["ibm_small"]


def test_a_wrong_token_is_refused(simulator: Simulator) -> None:
    from ibm_cloud_sdk_core import ApiException
    from ibm_cloud_sdk_core.authenticators import BearerTokenAuthenticator
    from ibm_platform_services import ResourceControllerV2

    controller = ResourceControllerV2(authenticator=BearerTokenAuthenticator("wrong"))
    controller.set_service_url(simulator.resource_controller_url)
    with pytest.raises(ApiException) as refused:
        controller.list_resource_instances()
    assert refused.value.status_code == 401
