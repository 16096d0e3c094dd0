"""Where settings are made: files, the environment, a job file, options. Each says what it gives."""

from __future__ import annotations

import os
import pwd
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import Any

from direct_access import document
from direct_access.config.file_schema import file_schema
from direct_access.config.kinds import NAME, Place
from direct_access.config.table import SETTINGS, Setting, Sources, setting_at, settings_from
from direct_access.document import Document
from direct_access.errors import ConfigurationError, Finding, InputError
from direct_access.light_dataclass import dataclass

CONFIG_VARIABLE = "DIRECT_ACCESS_CONFIG"
MAX_FILE_BYTES = 1 << 20

SettingPath = tuple[str, ...]


@dataclass(frozen=True)
class Given:
    """A setting as somebody made it.

    :param path: with the name of the system in it
    :param raw: the value as written
    :param origin: for people
    :param finding: makes a finding about this or a neighbouring path, from what was found and what is allowed
    """

    path: SettingPath
    setting: Setting
    raw: Any
    origin: str
    place: Place
    finding: Callable[[SettingPath, str, str], Finding]


@dataclass
class Source:
    """All that one source gives, or what is wrong with it."""

    given: list[Given] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def home(environment: Mapping[str, str]) -> Path:
    """Return the user's home directory; below what is returned for a user without one nothing exists."""
    try:
        return Path(environment.get("HOME") or pwd.getpwuid(os.getuid()).pw_dir)
    except KeyError:  # a container, or a node whose directory service is away
        return Path(os.devnull)


def user_file(environment: Mapping[str, str]) -> tuple[Path, bool]:
    """Return the user's file and whether it was named, so that it has to exist."""
    if named := environment.get(CONFIG_VARIABLE):
        return _absolute(named), True
    base = environment.get("XDG_CONFIG_HOME", "")
    # A relative one is to be ignored (XDG Base Directory Specification).
    directory = Path(base) if base.startswith("/") else home(environment) / ".config"
    return directory / "direct-access" / "config.yaml", False


def _absolute(named: str) -> Path:
    """:raises ConfigurationError: if the name is relative to a directory that was deleted"""
    try:
        return Path(named).absolute()
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"${CONFIG_VARIABLE} is {named!r}, and the current directory does not exist any more",
            subject=named,
            advice=f"cd to a directory that exists, or give ${CONFIG_VARIABLE} from the root",
        ) from error


def from_file(file: Path, kind: Sources, user_home: Path, *, must_exist: bool) -> Source:
    """Return what a configuration file gives; a missing one gives nothing unless it must exist."""
    if not must_exist and not os.path.lexists(file):
        return Source()
    try:
        text = _read(file)
    except InputError as error:
        return Source(findings=list(error.findings))
    if findings := [*document.check(text, file_schema(kind)), *_wrong_names(text)]:
        return Source(findings=findings)
    place = Place(file.absolute().parent, user_home)

    def finding(path: SettingPath, found: str, allowed: str) -> Finding:
        return text.finding(path, found, allowed)

    return Source(
        [
            Given(path, setting, raw, f"{file}:{text.mark(path)[0]}", place, finding)
            for path, setting, raw in _leaves(text.value, ())
        ]
    )


def _read(file: Path) -> Document:
    """Read a file; one that holds only comments is an empty mapping."""
    content = document.read_regular(file, MAX_FILE_BYTES, _why_not_trusted)
    if all(not line.strip() or line.lstrip().startswith(b"#") for line in content.splitlines()):
        return Document(str(file), {})
    return document.parse(content, str(file))


def _why_not_trusted(status: os.stat_result) -> tuple[str, str] | None:
    """Return who could change what the file says: it names the server that gets the API key, and commands."""
    if status.st_uid not in (0, os.geteuid()):
        return f"belongs to user {status.st_uid}", "a file of root's or of your own"
    if status.st_mode & stat.S_IWOTH:
        return f"is writable for others (mode {stat.S_IMODE(status.st_mode):04o})", "chmod o-w"
    return None


def _wrong_names(text: Document) -> list[Finding]:
    systems = text.value.get("systems") if isinstance(text.value, dict) else None
    names = systems if isinstance(systems, dict) else {}
    schema = NAME.schema
    return [
        text.finding(("systems", name), "not a valid name for a system", schema["pattern"], at_key=True)
        for name in names
        if document.check(Document("", name), schema)
    ]


def _leaves(value: Mapping[str, Any], path: SettingPath) -> Iterator[tuple[SettingPath, Setting, Any]]:
    for name, member in value.items():
        inner = (*path, name)
        if setting := setting_at(inner):
            yield inner, setting, member
        else:
            yield from _leaves(member, inner)


def from_environment(environment: Mapping[str, str], user_home: Path) -> Source:
    """Return what our own variables give; an empty one gives nothing."""
    source = Source()
    for setting in SETTINGS:
        if setting.environment and (text := environment.get(setting.environment)):
            _take(source, setting, text, f"${setting.environment}", user_home)
    return source


def from_usual_variables(environment: Mapping[str, str], user_home: Path) -> Source:
    """Return what the variables give that other programs read too."""
    source = Source()
    for setting in SETTINGS:
        name = next((name for name in setting.usual if environment.get(name)), None)
        if name:
            _take(source, setting, environment[name], f"${name}", user_home)
    return source


def from_names(values: Mapping[str, Any], kind: Sources, origin: str, user_home: Path) -> Source:
    """Return what a job file or options give, by the names that settings have there.

    :raises TypeError: for a name that no setting has there: a mistake of the caller
    """
    known = settings_from(kind)
    source = Source()
    for name, value in values.items():
        if name not in known:
            raise TypeError(f"{name} is not a setting of {origin}; those are: {', '.join(known)}")
        _take(source, known[name], value, origin, user_home)
    return source


def _take(source: Source, setting: Setting, raw: Any, origin: str, user_home: Path) -> None:
    """Add a value that has no place in a document."""

    def finding(path: SettingPath, found: str, allowed: str) -> Finding:
        return Finding(origin, None, None, ".".join(path), found, allowed)

    faults = document.check(Document(origin, raw), setting.kind.schema)
    if faults:
        field_name = ".".join(setting.path)
        source.findings += [replace(fault, line=None, column=None, field=field_name) for fault in faults]
        return
    place = Place(Path(), user_home)
    source.given.append(Given(setting.path, setting, raw, origin, place, finding))
