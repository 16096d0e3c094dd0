"""Who may ask: the bearer token and the Service-CRN."""

from __future__ import annotations

from pathlib import Path

import pytest

from direct_access.clock import ManualClock
from direct_access.simulator.iam.tokens import TokenAuthority
from tests.contract.simulator_api.client import Client, client_of, token
from tests.contract.simulator_api.conftest import StartSimulator


@pytest.mark.parametrize("value", [None, "", "Bearer", "Bearer ", "Basic YWI6Y2Q=", "apikey abc"])
def test_a_request_without_a_bearer_token_is_not_authorised(api: Client, value: str | None) -> None:
    headers = {name: text for name, text in api.headers.items() if name != "Authorization"}
    answer = api.send(
        "GET", "/v1/backends", headers={**headers, **({"Authorization": value} if value else {})}
    )
    assert (answer.status, answer.codes) == (401, ["1200"])


@pytest.mark.parametrize("value", ["opaque", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZSJ9."])
def test_a_token_that_is_none_of_ours_is_an_invalid_credential(api: Client, value: str) -> None:
    api.headers["Authorization"] = f"Bearer {value}"
    answer = api.get("/v1/backends")
    assert (answer.status, answer.codes) == (401, ["1201"])


def test_a_token_signed_with_another_key_is_an_invalid_credential(
    api: Client, tmp_path: Path, clock: ManualClock
) -> None:
    stranger = TokenAuthority(tmp_path / "other.pem", clock)
    stranger.issuer = api.simulator.tokens.issuer
    api.headers["Authorization"] = f"Bearer {stranger.issue('me').access_token}"
    assert api.get("/v1/backends").codes == ["1201"]


def test_a_token_of_another_issuer_is_an_invalid_credential(api: Client) -> None:
    api.simulator.tokens.issuer = "https://elsewhere.example"
    api.headers["Authorization"] = f"Bearer {token(api.simulator)}"
    api.simulator.tokens.issuer = api.simulator.iam_url
    assert api.get("/v1/backends").codes == ["1201"]


def test_a_token_is_good_until_it_expires(api: Client, clock: ManualClock) -> None:
    clock.advance(3590)
    assert api.get("/v1/backends").status == 200
    clock.advance(20)
    assert api.get("/v1/backends").codes == ["1201"]


def test_a_revoked_token_is_refused_and_a_new_one_accepted(api: Client) -> None:
    assert api.get("/v1/backends").status == 200
    api.simulator.tokens.revoke_all()
    assert api.get("/v1/backends").codes == ["1201"]
    assert client_of(api.simulator).get("/v1/backends").status == 200


@pytest.mark.parametrize("crn", [None, "crn:v1:bluemix:public:quantum-computing:us-east:a/other:other::"])
def test_a_request_needs_the_crn_of_this_system(api: Client, crn: str | None) -> None:
    headers = {"Authorization": api.headers["Authorization"], **({"Service-CRN": crn} if crn else {})}
    answer = api.send("GET", "/v1/backends", headers=headers)
    assert (answer.status, answer.codes, answer.targets) == (401, ["1200"], ["Service-CRN"])


def test_a_setting_accepts_any_crn_and_none(start: StartSimulator) -> None:
    api = client_of(start(check_service_crn=False))
    del api.headers["Service-CRN"]
    assert api.get("/v1/backends").status == 200


def test_header_names_have_no_case(api: Client) -> None:
    lower = {name.lower(): value for name, value in api.headers.items()}
    assert api.send("GET", "/v1/backends", headers=lower).status == 200
