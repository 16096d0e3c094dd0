"""From chosen values to settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from direct_access.config.health_settings import HealthSettings
from direct_access.config.kinds import is_safe_url
from direct_access.config.precedence import Chosen
from direct_access.config.secret_source import SecretSource
from direct_access.config.settings import (
    CLOUD,
    CLOUD_API_VERSION,
    DEFAULT_API_VERSION,
    Limits,
    NetworkSettings,
    Settings,
    StorageSettings,
    System,
)
from direct_access.config.sources import SettingPath
from direct_access.config.table import setting_at
from direct_access.errors import Finding

HTTPS = "https, or allow_http: true for this system in a configuration file"


_SYSTEM_BUILT = ("name", "api_key", "iam_url", "storage", "network", "url", "api_version")


def _api_version(*, cloud: bool) -> str:
    return CLOUD_API_VERSION if cloud else DEFAULT_API_VERSION


class SettingsBuilder:
    """Builds settings from what :func:`.precedence.choose` returns.

    :ivar findings: what is missing, or does not go together; settings are whole only without any
    """

    def __init__(self, chosen: Mapping[SettingPath, Chosen]) -> None:
        self._chosen = chosen
        self._origins: dict[str, str] = {}
        self.findings: list[Finding] = []

    def settings(self) -> Settings:
        """Return the whole configuration."""
        names = dict.fromkeys(path[1] for path in self._chosen if path[0] == "systems")
        return Settings(
            systems={name: self._system(name) for name in names},
            limits=Limits(**self._members(Limits, ("limits",))),
            health=HealthSettings(**self._members(HealthSettings, ("health",))),
            origins=self._origins,
            **{
                item.name: self._value((item.name,))
                for item in fields(Settings)
                if item.name not in ("systems", "limits", "health", "origins")
            },
        )

    def _value(self, *paths: SettingPath) -> Any:
        """Return the strongest of some values, and remember its origin under the first path."""
        found = self._strongest(*paths)
        self._origins[".".join(paths[0])] = found.given.origin if found else "default"
        if found:
            return found.value
        defaults = (setting.default for path in paths if (setting := setting_at(path)))
        return next((default for default in defaults if default is not None), None)

    def _strongest(self, *paths: SettingPath) -> Chosen | None:
        found = [self._chosen[path] for path in paths if path in self._chosen]
        return max(found, key=lambda chosen: chosen.strength, default=None)

    def _members(self, cls: type[Any], parent: SettingPath, *but: str) -> dict[str, Any]:
        names = [item.name for item in fields(cls) if item.name not in but]
        return {name: self._value((*parent, name)) for name in names}

    def _system(self, name: str) -> System:
        base = ("systems", name)
        cloud = self._value((*base, "service")) == CLOUD
        for required in ("service_crn",) if cloud else ("url", "service_crn"):
            self._require(base, required, (required,))
        self._require(base, "api_key_file or api_key_command", ("api_key_file", "api_key_command"))
        self._refuse_plain_http(base)
        network = {
            item.name: self._value((*base, item.name), ("network", item.name))
            for item in fields(NetworkSettings)
        }
        return System(
            name=name,
            api_key=self._secret(base, "api_key"),
            iam_url=self._value((*base, "iam_url"), ("iam_url",)),
            storage=self._storage((*base, "storage")),
            network=NetworkSettings(**network),
            url=self._value((*base, "url")) or "",
            api_version=self._value((*base, "api_version")) or _api_version(cloud=cloud),
            **self._members(System, base, *_SYSTEM_BUILT),
        )

    def _storage(self, base: SettingPath) -> StorageSettings | None:
        if not self._mentions(base):
            return None
        self._require(base, "type", ("type",))
        key = self._strongest((*base, "access_key_id"))
        secrets = ("secret_access_key_file", "secret_access_key_command")
        has_secret = self._strongest(*((*base, name) for name in secrets)) is not None
        if key and not has_secret:
            self._require(base, " or ".join(secrets), secrets)
        tokens = ("session_token_file", "session_token_command")
        has_token = self._strongest(*((*base, name) for name in tokens)) is not None
        if has_token and not has_secret:
            self._require(base, " or ".join(secrets), secrets)
        return StorageSettings(
            secret_access_key=self._secret(base, "secret_access_key") if has_secret else None,
            session_token=self._secret(base, "session_token") if has_token else None,
            **self._members(StorageSettings, base, "secret_access_key", "session_token"),
        )

    def _secret(self, base: SettingPath, name: str) -> SecretSource:
        file, command = (*base, f"{name}_file"), (*base, f"{name}_command")
        found = self._strongest(file, command)
        shown = ".".join((*base, name))
        self._origins[shown] = found.given.origin if found else "default"
        value = found.value if found else ()
        return SecretSource(shown, value, ()) if isinstance(value, Path) else SecretSource(shown, None, value)

    def _require(self, base: SettingPath, words: str, names: tuple[str, ...]) -> None:
        if self._strongest(*((*base, name) for name in names)) is None:
            mention = max(self._mentions(base), key=lambda chosen: chosen.strength)
            self.findings.append(mention.given.finding((*base, names[0]), "is missing", words))

    def _mentions(self, base: SettingPath) -> list[Chosen]:
        return [chosen for path, chosen in self._chosen.items() if path[: len(base)] == base]

    def _refuse_plain_http(self, base: SettingPath) -> None:
        """Refuse URLs that would carry credentials over a network in the clear."""
        if self._value((*base, "allow_http")):
            return
        for paths in (
            ((*base, "url"),),
            ((*base, "iam_url"), ("iam_url",)),
            ((*base, "storage", "endpoint_url"),),
            ((*base, "resource_controller_url"),),
        ):
            found = self._strongest(*paths)
            if found and not is_safe_url(found.value):
                reason = f"{found.value} has no TLS: credentials and data could be read on the way"
                self.findings.append(found.given.finding(found.given.path, reason, HTTPS))
