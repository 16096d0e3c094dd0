"""The JSON Schema of a configuration file, made from the table of settings."""

from __future__ import annotations

from functools import cache
from typing import Any

from direct_access.config.table import ANY, SETTINGS, Setting, Sources

_WORDS = {
    Sources.SITE_FILE: "the site's file",
    Sources.USER_FILE: "a user's file",
    Sources.JOB_FILE: "a job file",
    Sources.ENVIRONMENT: "the environment",
    Sources.OPTION: "an option of the command",
}


@cache
def file_schema(source: Sources) -> dict[str, Any]:
    """Return the schema of the site's or of a user's file; not to be changed by the caller."""
    root = _mapping()
    for setting in SETTINGS:
        properties = _properties(root, setting.path[:-1])
        name = setting.path[-1]
        properties[name] = _value(setting, source)
        if name.endswith("_command"):
            secret = name.removesuffix("_command")
            properties[secret] = {
                **_refused(f"{secret}_file or {name}: no secret stands in a configuration"),
                "writeOnly": True,
            }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **root}


def _mapping() -> dict[str, Any]:
    """Return the schema of settings; what stands there instead may be a secret in the wrong file."""
    return {"type": "object", "properties": {}, "additionalProperties": False, "writeOnly": True}


def _properties(root: dict[str, Any], parents: tuple[str, ...]) -> dict[str, Any]:
    """Return the properties of the mapping at a path; an empty mapping inside the document says nothing."""
    node = root
    for name in parents:
        if name == ANY:
            if node["additionalProperties"] is False:
                node["additionalProperties"] = {**_mapping(), "minProperties": 1}
            node = node["additionalProperties"]
        else:
            node = node["properties"].setdefault(name, _mapping())
    properties: dict[str, Any] = node["properties"]
    return properties


def _value(setting: Setting, source: Sources) -> dict[str, Any]:
    if source in setting.sources:
        return {**setting.kind.schema, "description": setting.help}
    places = [words for place, words in _WORDS.items() if place in setting.sources]
    return _refused(f"only in {' or '.join(places)}")


def _refused(allowed: str) -> dict[str, Any]:
    return {"not": {}, "x-allowed": allowed}
