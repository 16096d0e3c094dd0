"""One CA bundle, one client certificate and one proxy rule for IAM, API and store: real TLS, a real proxy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.settings import SimulatorSettings, TlsFiles
from tests.support.forward_proxy import ForwardProxy, running
from tests.support.planted import FILES, VARIABLES

from .conftest import Site, site_of


def pem_files(directory: Path, *, demand_client_certificate: bool, valid: bool = True) -> TlsFiles:
    """Write the PEM files of a server on 127.0.0.1 and of its authority."""
    authority = trustme.CA()
    leaf = authority.issue_cert("127.0.0.1")
    paths = {name: directory / f"{name}.pem" for name in ("certificate", "key", "authority", "client")}
    leaf.cert_chain_pems[0].write_to_path(paths["certificate"])
    leaf.private_key_pem.write_to_path(paths["key"])
    authority.cert_pem.write_to_path(paths["authority"])
    authority.issue_cert("user@example.org").private_key_and_cert_chain_pem.write_to_path(paths["client"])
    paths["client"].chmod(0o600)
    demanded = paths["authority"] if demand_client_certificate else None
    return TlsFiles(paths["certificate"], paths["key"], paths["authority"], demanded)


@pytest.fixture
def tls_site(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Return a function that starts a simulator behind TLS."""
    started: list[Simulator] = []

    def build(*, demand_client_certificate: bool = False) -> Site:
        tls = pem_files(tmp_path, demand_client_certificate=demand_client_certificate)
        simulator = Simulator(tmp_path / "simulator", SimulatorSettings(execute=False, tls=tls))
        started.append(simulator.start())
        return site_of(simulator, tmp_path)

    yield build
    for simulator in started:
        simulator.stop()


def addresses(site: Site) -> set[str]:
    """Host and port of IAM, API and store."""
    urls = (site.simulator.iam_url, site.simulator.api_url, site.simulator.store_url)
    return {url.partition("//")[2] for url in urls}


def test_a_private_authority_is_trusted_for_iam_api_and_store(tls_site: Callable[..., Site]) -> None:
    site = tls_site()
    done = site.run("run", site.job_file())
    assert done.returncode == 0, done.stderr


def test_a_certificate_that_is_not_trusted_is_a_matter_of_configuration(
    tls_site: Callable[..., Site], tmp_path: Path
) -> None:
    site = tls_site()
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(other)
    configuration = Path(site.environment["DIRECT_ACCESS_CONFIG"])
    configuration.write_text(configuration.read_text().replace(str(tmp_path / "authority.pem"), str(other)))
    done = site.run("run", site.job_file())
    assert done.returncode == 78
    assert "ca_bundle" in done.stderr
    assert site.simulator.jobs.jobs() == []


def test_a_client_certificate_is_shown_to_iam_api_and_store(
    tls_site: Callable[..., Site], tmp_path: Path
) -> None:
    site = tls_site(demand_client_certificate=True)
    without = site.run("run", site.job_file(), "--wait-deadline", "2")
    assert without.returncode in (69, 78), without.stderr
    certificate = str(tmp_path / "client.pem")
    done = site.run("run", site.job_file(), DIRECT_ACCESS_CLIENT_CERTIFICATE=certificate)
    assert done.returncode == 0, done.stderr


def test_https_goes_through_the_proxy_to_iam_api_and_store(tls_site: Callable[..., Site]) -> None:
    site = tls_site()
    with running(ForwardProxy(credentials="lab:pass")) as proxy:
        url = proxy.url.replace("//", "//lab:pass@")
        done = site.run("run", site.job_file(), https_proxy=url)
        assert done.returncode == 0, done.stderr
        assert {passed.target for passed in proxy.passed} == addresses(site)
        assert {passed.method for passed in proxy.passed} == {"CONNECT"}


def test_http_goes_through_the_proxy_to_iam_api_and_store(site: Site) -> None:
    with running(ForwardProxy()) as proxy:
        done = site.run("run", site.job_file(), http_proxy=proxy.url)
        assert done.returncode == 0, done.stderr
        hosts = {passed.target.split("/")[2] for passed in proxy.passed}
        assert hosts == addresses(site)


def test_no_proxy_keeps_iam_api_and_store_off_the_proxy(tls_site: Callable[..., Site]) -> None:
    site = tls_site()
    with running(ForwardProxy()) as proxy:
        done = site.run("run", site.job_file(), https_proxy=proxy.url, no_proxy="127.0.0.0/8")
        assert done.returncode == 0, done.stderr
        assert proxy.passed == []


def test_a_proxy_that_refuses_is_named_without_its_password(tls_site: Callable[..., Site]) -> None:
    site = tls_site()
    with running(ForwardProxy(credentials="lab:right")) as proxy:
        url = proxy.url.replace("//", "//lab:wrongpassword@")
        done = site.run("run", site.job_file(), "--wait-deadline", "1", https_proxy=url)
        assert done.returncode not in (0, 1, 70)
        assert "proxy" in done.stderr
        assert "wrongpassword" not in done.stderr


def test_what_other_tools_keep_in_the_home_and_the_environment_changes_nothing(site: Site) -> None:
    for name, content in FILES.items():
        path = site.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    foreign = {name: value for name, value in VARIABLES.items() if not name.lower().endswith("_proxy")}
    ours = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
    planted = {name: value for name, value in foreign.items() if name not in ours}
    done = site.run("run", site.job_file(), NETRC=str(site.home / ".netrc"), **planted)
    assert done.returncode == 0, done.stderr
    assert "planted" not in (site.run_directory / "job-object.json").read_text()


def test_a_clock_that_is_wrong_is_named_as_the_cause(tmp_path: Path) -> None:
    settings = SimulatorSettings(execute=False, clock_skew_secs=7200)
    with Simulator(tmp_path / "simulator", settings) as simulator:
        site = site_of(simulator, tmp_path)
        done = site.run("run", site.job_file())
        assert done.returncode == 78, done.stderr
        assert "clock" in done.stderr
