"""What a setting can be: how it is written, checked and read."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from direct_access.config.settings import WEEK_SECS
from direct_access.document import show
from direct_access.light_dataclass import dataclass
from direct_access.model.crn import IBM_CLOUD, parse_bucket_crn, parse_instance_crn
from direct_access.units import parse_duration_secs


@dataclass(frozen=True)
class Place:
    """Where a value was written, as far as it matters for what it means.

    :param directory: where relative paths start
    :param home: what ``~`` stands for
    """

    directory: Path
    home: Path


@dataclass(frozen=True)
class Kind:
    """A kind of value.

    :param name: for people
    :param schema: JSON Schema of the value as written
    :param read: makes a value of the settings from it; raises ValueError with a whole sentence
    """

    name: str
    schema: Mapping[str, Any]
    read: Callable[[Any, Place], Any] = field(default=lambda value, _place: value)


def choice(*values: str) -> Kind:
    """Return the kind of a setting with few values."""
    return Kind(" | ".join(f"`{value}`" for value in values), {"enum": list(values)})


def _read_path(value: str, place: Place) -> Path:
    if value.startswith("$"):
        raise ValueError(f"{value!r}: variables are not expanded in paths, only ~ is")
    if value == "~" or value.startswith("~/"):
        return place.home / value[2:]
    return place.directory / value


def _read_url(value: str, _place: Place) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or not _has_valid_port(value):
        raise ValueError(f"{show(value)} is not a valid URL; allowed: https://host[:port][/path]")
    if parts.query or parts.fragment or "@" in parts.netloc or "?" in value:
        raise ValueError(f"the URL of {parts.hostname} has a user, a query or a fragment; allowed is neither")
    return value.rstrip("/")


def _read_proxy(value: str, _place: Place) -> str:
    url = value if "://" in value else f"http://{value}"
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise ValueError(
            f"{parts.scheme} proxies are not supported; allowed: [http[s]://][user:password@]host:port"
        )
    if not parts.hostname or not _has_valid_port(url) or parts.path not in ("", "/") or parts.query:
        raise ValueError("this is not a valid proxy; allowed: [http[s]://][user:password@]host:port")
    return url.rstrip("/")


def _has_valid_port(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def _read_hosts(value: str | list[str], _place: Place) -> tuple[str, ...]:
    parts = re.split(r"[,\s]+", value) if isinstance(value, str) else value
    return tuple(part for part in parts if part)


def _read_duration(value: float | str, _place: Place) -> float:
    return parse_duration_secs(value)


def _read_whole_secs(value: float | str, _place: Place) -> int:
    seconds = parse_duration_secs(value)
    if seconds < 1 or seconds % 1:
        raise ValueError(f"{value!r} is not allowed; allowed: whole seconds, 1 or more")
    return int(seconds)


def _read_url_expiry(value: float | str, place: Place) -> int:
    seconds = _read_whole_secs(value, place)
    if seconds > WEEK_SECS:
        raise ValueError(f"{value!r} is too long; allowed: at most {WEEK_SECS} s, 7 days")
    return seconds


def _read_positive_secs(value: float | str, _place: Place) -> float:
    seconds = parse_duration_secs(value)
    if seconds <= 0:
        raise ValueError(f"{value!r} is not allowed; allowed: more than 0")
    return seconds


def _read_instance_crn(value: str, _place: Place) -> str:
    """Take any name that a simulator may have for its instance; a CRN of IBM Cloud must be whole."""
    if value.strip().startswith(IBM_CLOUD):
        parse_instance_crn(value)
    if not re.fullmatch(r"[!-~]{1,1024}", value.strip()):
        raise ValueError(f"{value[:100]!r} cannot be a header: it holds blanks, or characters beyond ASCII")
    return value.strip()


def _read_bucket_crn(value: str, _place: Place) -> str:
    parse_bucket_crn(value)
    return value.strip()


def _read_command(value: list[str], place: Place) -> tuple[str, ...]:
    program = str(_read_path(value[0], place)) if "/" in value[0] else value[0]
    return (program, *value[1:])


def _read_commands(value: list[list[str]], place: Place) -> tuple[tuple[str, ...], ...]:
    return tuple(_read_command(command, place) for command in value)


def _read_prefix(value: str, _place: Place) -> str:
    parts = value.strip("/").split("/")
    if any(part in ("", ".", "..") for part in parts):
        raise ValueError(f"{value!r} is not a valid prefix of object names: a part of it is empty, . or ..")
    return "/".join(parts)


_TEXT_SCHEMA: Mapping[str, Any] = {"type": "string", "minLength": 1}
_SECONDS_SCHEMA: Mapping[str, Any] = {"type": ["number", "string"], "format": "duration", "minimum": 0}

TEXT = Kind("text", _TEXT_SCHEMA)
NAME = Kind("name", {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$"})
DATE = Kind("YYYY-MM-DD", {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})
BOOLEAN = Kind("`true` or `false`", {"type": "boolean"})
PATH = Kind("path", _TEXT_SCHEMA, _read_path)
URL = Kind("URL", _TEXT_SCHEMA, _read_url)
PROXY = Kind("proxy", {**_TEXT_SCHEMA, "writeOnly": True}, _read_proxy)
HOSTS = Kind("list of hosts", {"type": ["array", "string"], "items": _TEXT_SCHEMA}, _read_hosts)
DURATION = Kind("duration", _SECONDS_SCHEMA, _read_duration)
POSITIVE_DURATION = Kind("duration", _SECONDS_SCHEMA, _read_positive_secs)
WHOLE_SECONDS = Kind("duration, whole seconds", _SECONDS_SCHEMA, _read_whole_secs)
URL_EXPIRY = Kind("duration, whole seconds", _SECONDS_SCHEMA, _read_url_expiry)
INSTANCE_CRN = Kind("CRN of a service instance", _TEXT_SCHEMA, _read_instance_crn)
BUCKET_CRN = Kind("CRN of a bucket", _TEXT_SCHEMA, _read_bucket_crn)
PREFIX = Kind("prefix of object names", _TEXT_SCHEMA, _read_prefix)
COMMAND = Kind(
    "list: program, arguments",
    {
        "type": "array",
        "items": _TEXT_SCHEMA,
        "minItems": 1,
        "x-allowed": "a list of the program and its arguments: no shell reads it",
    },
    _read_command,
)
COMMANDS = Kind("list of commands", {"type": "array", "items": COMMAND.schema}, _read_commands)
NAMES = Kind("list of names", {"type": "array", "items": NAME.schema}, lambda value, _place: tuple(value))
COUNT = Kind("whole number", {"type": "integer", "minimum": 0})
MULTIPART_SIZE = Kind("number of bytes", {"type": "integer", "minimum": 5 << 20})


def is_safe_url(url: str) -> bool:
    """Return whether what is sent to a URL can be read by nobody else: TLS, or this node itself."""
    parts = urlsplit(url)
    return parts.scheme == "https" or is_loopback(parts.hostname or "")


def is_loopback(host: str) -> bool:
    """Return whether a host name or address is this host's own, by its form alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
