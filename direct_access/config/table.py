"""Every setting, as data: loading, checking, the reference page and the JSON Schema come from here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import Flag, auto
from typing import Any

from direct_access.config import health_table, kinds
from direct_access.config.kinds import Kind
from direct_access.config.settings import (
    CLOUD,
    CLOUD_API_VERSION,
    DEFAULT_API_VERSION,
    DEFAULT_IAM_URL,
    MULTIPART_THRESHOLD_BYTES,
    ON_PREM,
    RESOURCE_CONTROLLER_URL,
    WEEK_SECS,
    Limits,
    NetworkSettings,
    Settings,
)
from direct_access.light_dataclass import dataclass

ENVIRONMENT_PREFIX = "DIRECT_ACCESS_"
ANY = "*"
"""Stands for the name of a system in a path."""


class Sources(Flag):
    """Where a setting may be made."""

    SITE_FILE = auto()
    USER_FILE = auto()
    JOB_FILE = auto()
    ENVIRONMENT = auto()
    OPTION = auto()


FILES = Sources.SITE_FILE | Sources.USER_FILE
RUN = Sources.JOB_FILE | Sources.ENVIRONMENT | Sources.OPTION


@dataclass(frozen=True)
class Setting:
    """One setting.

    :param path: where it stands in a file; :data:`ANY` is the name of a system
    :param name: its name in the environment, on the command line and in a job file; default: the last part of
        the path
    :param usual: variables that other programs read too; the first one set is the fallback
    :param replaces: last parts of the paths beside it that a stronger source overrides along with it
    """

    path: tuple[str, ...]
    kind: Kind
    help: str
    sources: Sources = FILES
    default: Any = None
    name: str = ""
    usual: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()

    @property
    def short_name(self) -> str:
        """Its name outside configuration files."""
        return self.name or self.path[-1]

    @property
    def environment(self) -> str | None:
        """The variable that sets it."""
        if Sources.ENVIRONMENT not in self.sources:
            return None
        return ENVIRONMENT_PREFIX + self.short_name.upper()


_NETWORK = NetworkSettings()
_SETTINGS = Settings(systems={})
_LIMITS = Limits()

RUN_SETTINGS = (
    Setting(
        ("default_system",),
        kinds.NAME,
        "The system to use; not needed where there is one only.",
        FILES | RUN,
        name="system",
    ),
    Setting(
        ("service",),
        kinds.choice(ON_PREM, CLOUD),
        "Use a system of this service, where systems of both are configured. `cloud` also needs "
        "`limits.allow_cloud`.",
        RUN,
    ),
    Setting(
        ("backend",),
        kinds.TEXT,
        "The backend to use. In a configuration file: `default_backend` of a system.",
        RUN,
    ),
    Setting(
        ("scratch",),
        kinds.PATH,
        "Directory in which run directories are made. Default: `$SCRATCH`, else the directory of submission.",
        FILES | Sources.ENVIRONMENT,
    ),
    Setting(
        ("timeout_secs",),
        kinds.WHOLE_SECONDS,
        "Longest execution time of a job on the quantum system, where the job file does not say.",
        FILES | RUN,
    ),
    Setting(
        ("wait_deadline_secs",),
        kinds.DURATION,
        "How long to wait for a job. Default: the time left to the Slurm job less 60 s, else without bound.",
        FILES | RUN,
    ),
    Setting(
        ("detach_after",),
        kinds.DURATION,
        "After what time to leave a job on purpose; the Slurm job's own end still counts if it is sooner.",
        Sources.ENVIRONMENT | Sources.OPTION,
    ),
    Setting(
        ("keep",),
        kinds.choice("none", "objects", "job", "all"),
        "What stays on the server after a run. Default: nothing, but the objects of a job that Failed stay.",
        FILES | RUN,
    ),
    Setting(
        ("on_busy",),
        kinds.choice("wait", "fail"),
        "What to do while lanes are full or the backend is reserved, offline or paused.",
        FILES | RUN,
        _SETTINGS.on_busy,
    ),
    Setting(
        ("on_time_limit",),
        kinds.choice("leave", "cancel"),
        "What becomes of a quantum job whose Slurm job reaches its time limit before it has ended.",
        FILES | RUN,
        _SETTINGS.on_time_limit,
    ),
    Setting(
        ("collect_by",),
        kinds.POSITIVE_DURATION,
        "How long a quantum job that was left on purpose waits to be collected; the site may clean up after.",
        FILES | RUN,
        _SETTINGS.collect_by,
    ),
    Setting(
        ("iam_url",),
        kinds.URL,
        "IBM Cloud IAM, for systems that do not say.",
        FILES | Sources.ENVIRONMENT,
        DEFAULT_IAM_URL,
    ),
)

LIMITS = (
    Setting(
        ("limits", "min_poll_secs"),
        kinds.DURATION,
        "Shortest time between two polls of one job.",
        Sources.SITE_FILE,
        _LIMITS.min_poll_secs,
    ),
    Setting(
        ("limits", "max_timeout_secs"),
        kinds.WHOLE_SECONDS,
        "Largest `timeout_secs` of a job.",
        Sources.SITE_FILE,
    ),
    Setting(
        ("limits", "allow_cloud"),
        kinds.BOOLEAN,
        "Whether jobs, and so their data, may leave the premises for systems with `service: cloud`. "
        "A simulated one on this host needs no permission.",
        Sources.SITE_FILE,
        _LIMITS.allow_cloud,
    ),
)

HEALTH = tuple(
    Setting(("health", name), kind, text, Sources.SITE_FILE, getattr(_SETTINGS.health, name))
    for name, kind, text in health_table.ROWS
)

CONNECTION = (
    Setting(
        ("ca_bundle",),
        kinds.PATH,
        "PEM file of the authorities to trust, instead of the system's.",
        usual=("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
    ),
    Setting(
        ("client_certificate",),
        kinds.PATH,
        "PEM file of the client's certificate, for servers that demand one; the key may be in it.",
        replaces=("client_key",),
    ),
    Setting(("client_key",), kinds.PATH, "PEM file of the client's key, without a pass phrase."),
    # Not HTTP_PROXY: in a CGI program that is a header of the request (https://httpoxy.org).
    Setting(
        ("http_proxy",),
        kinds.PROXY,
        "Proxy for `http://` URLs: `[http[s]://][user:password@]host:port`.",
        usual=("http_proxy",),
    ),
    Setting(
        ("https_proxy",),
        kinds.PROXY,
        "Proxy for `https://` URLs, which pass in a tunnel.",
        usual=("https_proxy", "HTTPS_PROXY"),
    ),
    Setting(
        ("no_proxy",),
        kinds.HOSTS,
        "Hosts reached directly: names, domain suffixes, addresses, CIDR networks, each with `:port` "
        "if wanted, or `*`.",
        default=_NETWORK.no_proxy,
        usual=("no_proxy", "NO_PROXY"),
    ),
    Setting(
        ("connect_timeout_secs",),
        kinds.POSITIVE_DURATION,
        "Longest time for a connection to be made, TLS included.",
        default=_NETWORK.connect_timeout_secs,
    ),
    Setting(
        ("read_timeout_secs",),
        kinds.POSITIVE_DURATION,
        "Longest time without a byte of an answer, or at less than 1,024 bytes a second.",
        default=_NETWORK.read_timeout_secs,
    ),
)

SYSTEM = (
    Setting(
        ("service",),
        kinds.choice(ON_PREM, CLOUD),
        "`on_prem`: the IBM Quantum System REST API of a system on the premises. `cloud`: the Qiskit Runtime "
        "REST API of IBM Cloud.",
        default=ON_PREM,
    ),
    Setting(
        ("url",),
        kinds.URL,
        "The API of the quantum system, such as `https://host:30060`. Required; with `service: cloud` it "
        "follows from the region of the CRN.",
    ),
    Setting(
        ("service_crn",),
        kinds.INSTANCE_CRN,
        "CRN of the service instance, with the colons at its end. Required. Simulators have other names for "
        "theirs, of which `health` warns.",
    ),
    Setting(
        ("api_key_file",),
        kinds.PATH,
        "File that holds the IBM Cloud API key. This or `api_key_command` is required.",
        replaces=("api_key_command",),
    ),
    Setting(
        ("api_key_command",),
        kinds.COMMAND,
        "Command that prints the API key.",
        replaces=("api_key_file",),
    ),
    Setting(
        ("api_version",),
        kinds.DATE,
        f"`IBM-API-Version` of requests. Default: {DEFAULT_API_VERSION}, with `service: cloud` "
        f"{CLOUD_API_VERSION}.",
    ),
    Setting(
        ("resource_controller_url",),
        kinds.URL,
        "IBM Cloud's Resource Controller, which manages instances (`service: cloud`).",
        default=RESOURCE_CONTROLLER_URL,
    ),
    Setting(("iam_url",), kinds.URL, "IBM Cloud IAM. Default: the `iam_url` of all systems."),
    Setting(
        ("default_backend",),
        kinds.TEXT,
        "The backend where neither the job file nor Slurm's allocation names one.",
    ),
    Setting(
        ("allow_http",),
        kinds.BOOLEAN,
        "Allow URLs without TLS to other hosts, where anybody on the way can read credentials and data.",
        default=False,
    ),
)

STORAGE = (
    Setting(("type",), kinds.choice("s3_compatible", "ibmcloud_cos"), "Kind of store, as the API calls it."),
    Setting(("bucket",), kinds.TEXT, "Bucket (`s3_compatible`)."),
    Setting(("bucket_crn",), kinds.BUCKET_CRN, "CRN of the bucket (`ibmcloud_cos`)."),
    Setting(("region",), kinds.TEXT, "Region of the bucket."),
    Setting(
        ("region_type",),
        kinds.choice("regional", "cross-region", "single-site"),
        "Kind of region (`ibmcloud_cos`).",
    ),
    Setting(
        ("endpoint_url",),
        kinds.URL,
        "The store as this cluster reaches it; for `ibmcloud_cos` the default follows from the region.",
    ),
    Setting(
        ("service_endpoint_url",),
        kinds.URL,
        "The store as the quantum system reaches it. Default: `endpoint_url`.",
    ),
    Setting(("prefix",), kinds.PREFIX, "Prefix of all object names.", default=""),
    Setting(
        ("access_key_id",), kinds.TEXT, "HMAC access key; `s3_compatible` needs one, here or with its secret."
    ),
    Setting(
        ("secret_access_key_file",),
        kinds.PATH,
        "File that holds the secret of the HMAC key; or on one line, with blanks between, its id, its secret "
        "and, of temporary credentials, the session token.",
        replaces=("secret_access_key_command",),
    ),
    Setting(
        ("secret_access_key_command",),
        kinds.COMMAND,
        "Command that prints what `secret_access_key_file` may hold.",
        replaces=("secret_access_key_file",),
    ),
    Setting(
        ("session_token_file",),
        kinds.PATH,
        "File that holds the session token of temporary credentials (STS). It is read again, with the key, "
        "when the store refuses it. URLs that were presigned with it end with it.",
        replaces=("session_token_command",),
    ),
    Setting(
        ("session_token_command",),
        kinds.COMMAND,
        "Command that prints the session token.",
        replaces=("session_token_file",),
    ),
    Setting(
        ("addressing_style",),
        kinds.choice("path", "virtual"),
        "Where URLs have the bucket: in their path, or before the host (`virtual`), as some stores want it. "
        "It holds for the quantum system's URLs too.",
        default="path",
    ),
    Setting(
        ("url_expiry_secs",),
        kinds.URL_EXPIRY,
        "Life of presigned URLs, at most 7 days: it must cover waiting and execution.",
        default=WEEK_SECS,
    ),
    Setting(
        ("multipart_threshold_bytes",),
        kinds.MULTIPART_SIZE,
        "Larger params are uploaded in parts, which need not be sent again after a crash. At least 5 MiB.",
        default=MULTIPART_THRESHOLD_BYTES,
    ),
)


def _below(parents: tuple[str, ...], settings: Iterable[Setting], **changes: Any) -> tuple[Setting, ...]:
    return tuple(replace(setting, path=(*parents, *setting.path), **changes) for setting in settings)


SETTINGS = (
    *RUN_SETTINGS,
    *_below(("network",), CONNECTION, sources=FILES | Sources.ENVIRONMENT),
    *_below(("systems", ANY), SYSTEM),
    *_below(("systems", ANY), CONNECTION, usual=()),
    *_below(("systems", ANY, "storage"), STORAGE),
    *LIMITS,
    *HEALTH,
)
"""All settings, each with its whole path."""

BY_PATH = {setting.path: setting for setting in SETTINGS}


def setting_at(path: tuple[str, ...]) -> Setting | None:
    """Return the setting that a path with the name of a system in it leads to."""
    general = (path[0], ANY, *path[2:]) if path[0] == "systems" and len(path) > 1 else path
    return BY_PATH.get(general)


def settings_from(source: Sources) -> dict[str, Setting]:
    """Return the settings that a job file or options can make, by their names there."""
    return {setting.short_name: setting for setting in SETTINGS if source in setting.sources}
