from __future__ import annotations

from pathlib import Path

import pytest

from direct_access.config.settings import NetworkSettings, Settings
from direct_access.errors import ConfigurationError, UsageError
from tests.support.planted import plant
from tests.unit.config.conftest import CRN, SYSTEM, Site


def refused(site: Site, **given: object) -> list[str]:
    """Return what is wrong, as people see it, with file names shortened."""
    with pytest.raises(ConfigurationError) as caught:
        site.load(**given)
    return [
        str(finding).replace(str(site.file), "site").replace(str(site.user_file), "user")
        for finding in caught.value.findings
    ]


def test_without_any_configuration_there_are_defaults_and_no_system(site: Site) -> None:
    settings = site.load()
    assert settings == Settings(systems={}, origins=settings.origins)
    assert set(settings.origins.values()) == {"default"}


def test_a_system_of_the_site_is_read_with_its_defaults(configured: Site) -> None:
    system = configured.load().systems["lab"]
    assert (system.name, system.url, system.service_crn) == ("lab", "https://qs.example.org:30060", CRN)
    assert system.api_key.file == Path("/etc/direct-access/api-key")
    assert (system.api_version, system.iam_url) == ("2026-02-15", "https://iam.cloud.ibm.com")
    assert system.storage is None
    assert system.network == NetworkSettings()


LEVELS = ["default", "site file", "user file", "job file", "environment", "option"]


@pytest.mark.parametrize("strongest", LEVELS)
def test_option_environment_job_file_user_file_site_file_default(site: Site, strongest: str) -> None:
    given = LEVELS[1 : LEVELS.index(strongest) + 1]
    values = {"site file": "objects", "user file": "job", "job file": "all", "environment": "none"}
    if "site file" in given:
        site.site(f"keep: {values['site file']}\n")
    if "user file" in given:
        site.user(f"keep: {values['user file']}\n")
    if "environment" in given:
        site.environment["DIRECT_ACCESS_KEEP"] = values["environment"]
    settings = site.load(
        job_file={"keep": values["job file"]} if "job file" in given else {},
        options={"keep": "objects"} if "option" in given else {},
    )
    origins = {
        "default": "default",
        "site file": f"{site.file}:1",
        "user file": f"{site.user_file}:1",
        "job file": "job file",
        "environment": "$DIRECT_ACCESS_KEEP",
        "option": "option",
    }
    assert settings.keep == {"default": None, "option": "objects", **values}[strongest]
    assert settings.origins["keep"] == origins[strongest]


def test_the_system_of_a_job_file_an_option_or_the_environment_is_the_default_system(site: Site) -> None:
    site.site("default_system: a\n")
    assert site.load().default_system == "a"
    assert site.load(job_file={"system": "b"}).default_system == "b"
    site.environment["DIRECT_ACCESS_SYSTEM"] = "c"
    assert site.load(job_file={"system": "b"}).default_system == "c"
    assert site.load(options={"system": "d"}).default_system == "d"


def test_durations_are_read_in_every_form_from_every_source(site: Site) -> None:
    site.site('timeout_secs: "10:00"\nwait_deadline_secs: 90\n')
    assert (site.load().timeout_secs, site.load().wait_deadline_secs) == (600, 90.0)
    site.environment["DIRECT_ACCESS_TIMEOUT_SECS"] = "2h"
    assert site.load().timeout_secs == 7200
    options = {"timeout_secs": "45", "wait_deadline_secs": 0}
    settings = site.load(options=options)
    assert (settings.timeout_secs, settings.wait_deadline_secs) == (45, 0.0)


def test_an_empty_variable_is_as_good_as_none(site: Site) -> None:
    site.environment.update(DIRECT_ACCESS_KEEP="", DIRECT_ACCESS_CONFIG="", https_proxy="")
    assert site.load().keep is None


def test_systems_merge_key_by_key(configured: Site) -> None:
    configured.user("systems: {lab: {default_backend: ibm_mine, api_version: 2026-03-15}}\n")
    settings = configured.load()
    lab = settings.systems["lab"]
    assert (lab.url, lab.default_backend, lab.api_version) == (
        "https://qs.example.org:30060",
        "ibm_mine",
        "2026-03-15",
    )
    assert settings.origins["systems.lab.url"] == f"{configured.file}:4"
    assert settings.origins["systems.lab.api_version"] == f"{configured.user_file}:1"


def test_a_user_may_add_a_system(configured: Site) -> None:
    configured.user(SYSTEM.replace("lab:", "mine:"))
    assert list(configured.load().systems) == ["lab", "mine"]


def test_a_stronger_command_replaces_the_file_of_a_secret(configured: Site) -> None:
    configured.user("systems: {lab: {api_key_command: [pass, show, key]}}\n")
    source = configured.load().systems["lab"].api_key
    assert (source.file, source.command) == (None, ("pass", "show", "key"))


def test_file_and_command_of_a_secret_in_one_file_contradict(configured: Site) -> None:
    configured.site(SYSTEM + "    api_key_command: [pass]\n")
    assert refused(configured) == [
        "site:6:19: systems.lab.api_key_file: stands beside api_key_command; allowed: one of the two"
    ]


STORAGE = """\
    storage:
      type: s3_compatible
      bucket: jobs
      endpoint_url: https://s3.example.org/
      access_key_id: key
      secret_access_key_file: s3-secret
      prefix: /cluster/a/
      url_expiry_secs: 1-00
"""


def test_storage_is_read(configured: Site) -> None:
    configured.site(SYSTEM + STORAGE)
    storage = configured.load().systems["lab"].storage
    assert storage is not None
    assert (storage.type, storage.bucket, storage.endpoint_url) == (
        "s3_compatible",
        "jobs",
        "https://s3.example.org",
    )
    assert (storage.prefix, storage.url_expiry_secs, storage.access_key_id) == ("cluster/a", 86400, "key")
    assert storage.secret_access_key is not None
    assert storage.secret_access_key.file == configured.file.parent / "s3-secret"


def test_storage_merges_key_by_key(configured: Site) -> None:
    configured.site(SYSTEM + STORAGE)
    configured.user("systems: {lab: {storage: {bucket: mine}}}\n")
    storage = configured.load().systems["lab"].storage
    assert storage is not None
    assert (storage.bucket, storage.prefix) == ("mine", "cluster/a")


def test_another_type_replaces_the_whole_storage(configured: Site) -> None:
    configured.site(SYSTEM + STORAGE)
    configured.user("systems: {lab: {storage: {type: ibmcloud_cos, region: us-east}}}\n")
    storage = configured.load().systems["lab"].storage
    assert storage is not None
    assert (storage.type, storage.region, storage.bucket, storage.access_key_id) == (
        "ibmcloud_cos",
        "us-east",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("lines", "finding"),
    [
        ("bucket: b", "site:7:14: systems.lab.storage.type: is missing; allowed: type"),
        (
            "type: s3_compatible, access_key_id: k",
            "site:7:14: systems.lab.storage.secret_access_key_file: is missing; allowed: "
            "secret_access_key_file or secret_access_key_command",
        ),
    ],
)
def test_half_a_storage_is_refused(configured: Site, lines: str, finding: str) -> None:
    configured.site(SYSTEM + f"    storage: {{{lines}}}\n")
    assert refused(configured) == [finding]


def test_limits_are_the_sites(configured: Site) -> None:
    configured.site(SYSTEM + "limits: {min_poll_secs: 1, max_timeout_secs: 3h}\n")
    limits = configured.load().limits
    assert (limits.min_poll_secs, limits.max_timeout_secs) == (1.0, 10800)


def test_limits_anywhere_else_are_refused(configured: Site) -> None:
    configured.user("limits:\n  min_poll_secs: 0\n")
    assert refused(configured) == ["user:2:18: limits.min_poll_secs: 0; allowed: only in the site's file"]
    with pytest.raises(TypeError, match="min_poll_secs"):
        configured.load(options={"min_poll_secs": 0})
    with pytest.raises(TypeError, match="min_poll_secs"):
        configured.load(job_file={"min_poll_secs": 0})


def test_limits_in_the_environment_are_not_read(site: Site) -> None:
    site.environment["DIRECT_ACCESS_MIN_POLL_SECS"] = "5"
    assert site.load().limits.min_poll_secs == 0.0


def test_all_faults_are_told_at_once_with_place_and_nearest_name(configured: Site) -> None:
    configured.site("systems:\n  lab:\n    serivce_crn: x\nkepe: all\non_busy: 3\n")
    configured.user("keep: everything\n")
    configured.environment["DIRECT_ACCESS_ON_BUSY"] = "wiat"
    found = refused(configured)
    assert [line.partition("; allowed")[0] for line in found] == [
        "site:3:5: systems.lab.serivce_crn: unknown key",
        "site:4:1: kepe: unknown key",
        "site:5:10: on_busy: 3",
        "user:1:7: keep: 'everything'",
        "$DIRECT_ACCESS_ON_BUSY: on_busy: 'wiat'",
    ]
    assert [line.rpartition("; ")[2] for line in found if "did you mean" in line] == [
        "did you mean service_crn?",
        "did you mean keep?",
        "did you mean wait?",
    ]


def test_options_alone_are_wrong_usage(configured: Site) -> None:
    with pytest.raises(UsageError) as caught:
        configured.load(options={"timeout_secs": "soon"})
    assert [finding.field for finding in caught.value.findings] == ["timeout_secs"]


@pytest.mark.parametrize(
    ("missing", "finding"),
    [
        ("url", "site:3:3: systems.lab.url: is missing; allowed: url"),
        ("service_crn", "site:3:3: systems.lab.service_crn: is missing; allowed: service_crn"),
        (
            "api_key_file",
            "site:3:3: systems.lab.api_key_file: is missing; allowed: api_key_file or api_key_command",
        ),
    ],
)
def test_a_system_needs_url_crn_and_key(site: Site, missing: str, finding: str) -> None:
    lines = [line for line in SYSTEM.splitlines(keepends=True) if f" {missing}:" not in line]
    site.site("".join(lines))
    assert [line.partition(": ")[2] for line in refused(site)] == [finding.partition(": ")[2]]


def test_an_empty_system_is_refused(site: Site) -> None:
    site.site("systems: {lab: {}}\n")
    assert refused(site) == ["site:1:16: systems.lab: an empty mapping; allowed: a mapping"]


@pytest.mark.parametrize("name", ["my lab", "-lab", "lab/1", "", "läb"])
def test_a_name_of_a_system_is_plain(site: Site, name: str) -> None:
    site.site(SYSTEM.replace("lab:", f'"{name}":'))
    assert "not a valid name for a system" in refused(site)[0]


@pytest.mark.parametrize("name", ["crn:v1:local:qsa_sim", "myinstance", "crn:v1", "a/b:c"])
def test_a_name_that_a_simulator_gave_its_instance_is_taken(site: Site, name: str) -> None:
    site.site(SYSTEM.replace(CRN, name))
    assert site.load().systems["lab"].service_crn == name


@pytest.mark.parametrize("name", ["my instance", "crn:v1:löcal", "crn\\nX-Header: a"])
def test_a_name_that_cannot_be_a_header_is_refused(site: Site, name: str) -> None:
    site.site(SYSTEM.replace(CRN, name))
    assert "cannot be a header" in refused(site)[0]


@pytest.mark.parametrize("crn", [CRN.removesuffix(":"), CRN.removesuffix("::"), "crn:v1:bluemix:"])
def test_a_crn_cut_by_the_shell_is_told(site: Site, crn: str) -> None:
    site.site(SYSTEM.replace(CRN, crn))
    found = refused(site)
    assert found[0].startswith("site:5:18: systems.lab.service_crn: ")
    assert "CRN" in found[0]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("    iam_url: http://iam.example.org\n", "systems.lab.iam_url: http://iam.example.org"),
        ("iam_url: http://iam.example.org\n", "iam_url: http://iam.example.org"),
        (
            "    storage: {type: ibmcloud_cos, endpoint_url: http://s3.example.org}\n",
            "systems.lab.storage.endpoint_url: http://s3.example.org",
        ),
    ],
)
def test_plain_http_to_another_host_is_refused_with_the_reason(site: Site, line: str, shown: str) -> None:
    site.site(SYSTEM + line)
    (finding,) = refused(site)
    assert f"{shown} has no TLS: credentials and data could be read on the way" in finding
    assert "allow_http: true" in finding


def test_plain_http_can_be_allowed_for_a_system(site: Site) -> None:
    site.site(SYSTEM.replace("https:", "http:") + "    allow_http: true\n")
    assert site.load().systems["lab"].url == "http://qs.example.org:30060"


def test_plain_http_cannot_be_allowed_for_another_system(site: Site) -> None:
    other = SYSTEM.replace("systems:\n", "").replace("lab:", "other:")
    site.site(SYSTEM.replace("https:", "http:") + other + "    allow_http: true\n")
    assert len(refused(site)) == 1


@pytest.mark.parametrize("host", ["localhost", "api.localhost", "127.0.0.1", "127.8.9.10", "[::1]"])
def test_plain_http_to_this_node_is_allowed(site: Site, host: str) -> None:
    site.site(SYSTEM.replace("https://qs.example.org", f"http://{host}"))
    assert site.load().systems["lab"].url == f"http://{host}:30060"


def test_a_secret_in_a_configuration_is_refused_and_not_shown(site: Site) -> None:
    site.site(SYSTEM + "    api_key: planted-secret\n")
    (finding,) = refused(site)
    assert "api_key_file or api_key_command: no secret stands in a configuration" in finding
    assert "planted-secret" not in finding


def test_a_backend_belongs_to_a_system_in_a_file(configured: Site) -> None:
    configured.user("backend: ibm_x\n")
    assert "only in a job file or the environment or an option" in refused(configured)[0]


def test_relative_paths_start_at_the_file_they_stand_in(configured: Site) -> None:
    configured.user("scratch: runs\nsystems: {lab: {ca_bundle: ../ca.pem, api_key_command: [./key, ./x]}}\n")
    settings = configured.load()
    directory = configured.user_file.parent
    assert settings.scratch == directory / "runs"
    assert settings.systems["lab"].network.ca_bundle == directory / "../ca.pem"
    assert settings.systems["lab"].api_key.command == (str(directory / "key"), "./x")


def test_the_tilde_is_the_home_directory_and_nothing_else_is_expanded(configured: Site) -> None:
    configured.site(SYSTEM.replace("/etc/direct-access/api-key", "~/key"))
    configured.user("scratch: ~other/x\n")
    settings = configured.load()
    assert settings.systems["lab"].api_key.file == configured.home / "key"
    assert settings.scratch == configured.user_file.parent / "~other/x"
    configured.user("scratch: $SCRATCH/runs\n")
    assert "variables are not expanded in paths" in refused(configured)[0]


def test_the_network_of_all_systems_and_of_one(configured: Site) -> None:
    configured.site(
        SYSTEM
        + "    read_timeout_secs: 5m\n"
        + "network:\n  ca_bundle: /site.pem\n  https_proxy: proxy.example.org:3128\n"
        + "  no_proxy: .example.org, 10.0.0.0/8\n  read_timeout_secs: 30\n"
    )
    network = configured.load().systems["lab"].network
    assert network == NetworkSettings(
        ca_bundle=Path("/site.pem"),
        https_proxy="http://proxy.example.org:3128",
        no_proxy=(".example.org", "10.0.0.0/8"),
        read_timeout_secs=300.0,
    )


def test_our_own_variables_win_over_files_and_those_of_others_do_not(configured: Site) -> None:
    configured.site(SYSTEM + "    https_proxy: http://site:1\nnetwork: {ca_bundle: /site.pem}\n")
    configured.environment.update(
        https_proxy="http://usual:1", SSL_CERT_FILE="/usual.pem", no_proxy="usual.example.org"
    )
    settings = configured.load()
    network = settings.systems["lab"].network
    assert (network.https_proxy, network.ca_bundle) == ("http://site:1", Path("/site.pem"))
    assert network.no_proxy == ("usual.example.org",)
    assert settings.origins["systems.lab.no_proxy"] == "$no_proxy"
    configured.environment.update(
        DIRECT_ACCESS_HTTPS_PROXY="http://ours:1", DIRECT_ACCESS_CA_BUNDLE="/ours.pem"
    )
    settings = configured.load()
    network = settings.systems["lab"].network
    assert (network.https_proxy, network.ca_bundle) == ("http://ours:1", Path("/ours.pem"))
    assert settings.origins["systems.lab.ca_bundle"] == "$DIRECT_ACCESS_CA_BUNDLE"


@pytest.mark.parametrize(
    ("variables", "setting", "value"),
    [
        ({"http_proxy": "http://p:1"}, "http_proxy", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1"}, "http_proxy", None),
        ({"https_proxy": "p:1"}, "https_proxy", "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1"}, "https_proxy", "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1", "https_proxy": "http://q:1"}, "https_proxy", "http://q:1"),
        ({"NO_PROXY": "a,b"}, "no_proxy", ("a", "b")),
        ({"NO_PROXY": "a", "no_proxy": " b , c "}, "no_proxy", ("b", "c")),
        ({"SSL_CERT_FILE": "/a.pem"}, "ca_bundle", Path("/a.pem")),
        ({"REQUESTS_CA_BUNDLE": "/b.pem"}, "ca_bundle", Path("/b.pem")),
        ({"CURL_CA_BUNDLE": "/c.pem"}, "ca_bundle", Path("/c.pem")),
        (
            {"CURL_CA_BUNDLE": "/c.pem", "REQUESTS_CA_BUNDLE": "/b.pem", "SSL_CERT_FILE": "/a.pem"},
            "ca_bundle",
            Path("/a.pem"),
        ),
        ({"AWS_CA_BUNDLE": "/d.pem"}, "ca_bundle", None),
    ],
)
def test_the_usual_variables_are_the_fallback(
    configured: Site, variables: dict[str, str], setting: str, value: object
) -> None:
    configured.environment.update(variables)
    assert getattr(configured.load().systems["lab"].network, setting) == value


@pytest.mark.parametrize("value", ["socks5://p:1", "http://", "http://p:99999", "http://p:1/path", "ftp://p"])
def test_what_is_no_proxy_is_refused_without_its_password(configured: Site, value: str) -> None:
    configured.environment["https_proxy"] = value.replace("//", "//user:planted@")
    (finding,) = refused(configured)
    assert finding.startswith("$https_proxy: network.https_proxy: ")
    assert "planted" not in finding


def test_settings_do_not_show_the_password_of_a_proxy(configured: Site) -> None:
    configured.environment["https_proxy"] = "http://user:planted@p:1"
    settings = configured.load()
    assert settings.systems["lab"].network.https_proxy == "http://user:planted@p:1"
    assert "planted" not in repr(settings)


def test_other_tools_files_and_the_processs_own_environment_change_nothing(
    configured: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = configured.load()
    plant(configured.home, monkeypatch)
    monkeypatch.setenv("DIRECT_ACCESS_KEEP", "all")
    assert configured.load() == before
    configured.environment.update(
        AWS_PROFILE="planted", AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_CA_BUNDLE="/planted.pem"
    )
    assert configured.load() == before


def test_the_users_file_is_where_xdg_says(configured: Site, tmp_path: Path) -> None:
    directory = tmp_path / "xdg"
    (directory / "direct-access").mkdir(parents=True)
    (directory / "direct-access" / "config.yaml").write_text("keep: all\n", encoding="utf-8")
    configured.environment["XDG_CONFIG_HOME"] = str(directory)
    assert configured.load().keep == "all"
    configured.environment["XDG_CONFIG_HOME"] = "relative"
    assert configured.load().keep is None


def test_a_named_users_file_takes_the_place_of_the_usual_one(configured: Site, tmp_path: Path) -> None:
    configured.user("keep: all\n")
    named = tmp_path / "named.yaml"
    named.write_text("keep: job\n", encoding="utf-8")
    configured.environment["DIRECT_ACCESS_CONFIG"] = str(named)
    assert configured.load().keep == "job"
    named.unlink()
    assert "does not exist" in refused(configured)[0]


def test_a_users_file_that_is_the_sites_is_read_once(configured: Site) -> None:
    configured.site(SYSTEM + "limits: {min_poll_secs: 2}\n")
    configured.environment["DIRECT_ACCESS_CONFIG"] = str(configured.file)
    assert configured.load().limits.min_poll_secs == 2.0


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n  # yet\n"])
def test_a_file_that_says_nothing_is_no_error(configured: Site, text: str) -> None:
    configured.user(text)
    assert list(configured.load().systems) == ["lab"]


@pytest.mark.parametrize(
    "text",
    [
        "- a\n",
        "keep\n",
        "keep: [none\n",
        "keep: all\nkeep: none\n",
        "systems: []\n",
        "systems: {lab: text}\n",
        "systems: {lab: {storage: text}}\n",
        "timeout_secs: 0\n",
        "timeout_secs: 1.5\n",
        "timeout_secs: -1\n",
        "timeout_secs: soon\n",
        "timeout_secs: .nan\n",
        "wait_deadline_secs: true\n",
        "scratch:\n",
        "network: {connect_timeout_secs: 0}\n",
        "network: {no_proxy: 3}\n",
        "systems: {lab: {url: qs.example.org}}\n",
        "systems: {lab: {url: 'https://qs.example.org/?a=b'}}\n",
        "systems: {lab: {url: 'https://user:pw@qs.example.org'}}\n",
        "systems: {lab: {url: 'https://qs.example.org:port'}}\n",
        "systems: {lab: {api_version: yesterday}}\n",
        "systems: {lab: {api_key_command: pass show key}}\n",
        "systems: {lab: {api_key_command: []}}\n",
        "systems: {lab: {storage: {prefix: a//b}}}\n",
        "systems: {lab: {storage: {prefix: ../b}}}\n",
        "systems: {lab: {storage: {url_expiry_secs: 8-00}}}\n",
        "systems: {lab: {storage: {bucket_crn: 'crn:v1:bluemix'}}}\n",
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(configured: Site, text: str) -> None:
    configured.user(text)
    found = refused(configured)
    assert found
    assert all(line.startswith("user:") for line in found)


def test_a_file_that_cannot_be_read_is_an_error(configured: Site) -> None:
    configured.user_file.mkdir()
    assert "is a directory" in refused(configured)[0]


def test_a_client_key_goes_with_its_certificate(configured: Site) -> None:
    configured.site(SYSTEM + "    client_certificate: /site.pem\n    client_key: /site.key\n")
    configured.user("systems: {lab: {client_certificate: /mine.pem}}\n")
    network = configured.load().systems["lab"].network
    assert (network.client_certificate, network.client_key) == (Path("/mine.pem"), None)
