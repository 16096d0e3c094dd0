from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import jsonschema
import pytest
import yaml

from direct_access.config.file_schema import file_schema
from direct_access.config.health_settings import HealthSettings
from direct_access.config.load import load
from direct_access.config.reference import markdown
from direct_access.config.settings import Limits, NetworkSettings, Settings, StorageSettings, System
from direct_access.config.table import BY_PATH, FILES, SETTINGS, Sources, setting_at

SAMPLE = Path(__file__).parents[3] / "etc" / "config.yaml"
SECRETS = {"api_key", "secret_access_key", "session_token"}


@pytest.mark.parametrize(
    ("cls", "parent", "made_otherwise"),
    [
        (Settings, (), {"systems", "limits", "health", "origins"}),
        (Limits, ("limits",), set()),
        (HealthSettings, ("health",), set()),
        (System, ("systems", "x"), {"name", "storage", "network"}),
        (StorageSettings, ("systems", "x", "storage"), set()),
        (NetworkSettings, ("network",), set()),
        (NetworkSettings, ("systems", "x"), set()),
    ],
)
def test_every_field_of_the_settings_can_be_set(
    cls: type, parent: tuple[str, ...], made_otherwise: set[str]
) -> None:
    names = {item.name for item in fields(cls)} - made_otherwise
    missing = {
        name for name in names if setting_at((*parent, f"{name}_file" if name in SECRETS else name)) is None
    }
    assert missing == set()


def test_defaults_are_those_of_the_settings(tmp_path: Path) -> None:
    settings = load(environment={"HOME": str(tmp_path)}, site_file=tmp_path / "none")
    assert settings == Settings(systems={}, origins=settings.origins)


def test_no_path_and_no_variable_stands_for_two_settings() -> None:
    variables = [setting.environment for setting in SETTINGS if setting.environment]
    assert len(BY_PATH) == len(SETTINGS)
    assert len(set(variables)) == len(variables)


@pytest.mark.parametrize("part", ["limits", "health"])
def test_limits_and_health_are_for_the_site_alone(part: str) -> None:
    settings = [setting for setting in SETTINGS if setting.path[0] == part]
    assert settings
    assert all(setting.sources == Sources.SITE_FILE for setting in settings)


@pytest.mark.parametrize("source", [Sources.SITE_FILE, Sources.USER_FILE])
def test_the_schema_is_a_json_schema_that_accepts_the_sample(source: Sources) -> None:
    schema = file_schema(source)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load(SAMPLE.read_text(encoding="utf-8")), schema)


def test_the_sample_loads(tmp_path: Path) -> None:
    settings = load(environment={"HOME": str(tmp_path)}, site_file=SAMPLE)
    assert settings.systems["lab"].storage is not None
    assert settings.default_system == "lab"


def test_the_sample_loads_with_every_line_that_is_commented_out(tmp_path: Path) -> None:
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    alternatives = ("# api_key_command", "# secret_access_key_command", "# session_token_command")
    start = lines.index("    # storage:")
    text = [
        line.replace("# ", "", 1) if _is_setting(line) and not line.strip().startswith(alternatives) else line
        for number, line in enumerate(lines)
        if not start <= number < start + 5
    ]
    (tmp_path / "config.yaml").write_text("\n".join(text), encoding="utf-8")
    settings = load(environment={"HOME": str(tmp_path)}, site_file=tmp_path / "config.yaml")
    assert settings.limits.max_timeout_secs == 10800
    assert settings.systems["lab"].network.no_proxy == (".example.org", "10.0.0.0/8")


def _is_setting(line: str) -> bool:
    words = line.strip().removeprefix("# ").strip().partition(":")
    return line.strip().startswith("# ") and words[0].replace("_", "").isalpha() and " " not in words[0]


def test_the_sample_names_every_setting_of_files() -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    missing = {
        setting.path[-1]
        for setting in SETTINGS
        if setting.sources & FILES and f"{setting.path[-1]}:" not in text
    }
    assert missing == set()


def test_the_reference_names_every_setting_and_every_variable() -> None:
    page = markdown()
    for setting in SETTINGS:
        assert f"`{setting.path[-1]}`" in page
        assert not setting.environment or f"`{setting.environment}`" in page
        assert all(f"`{name}`" in page for name in setting.usual)


def test_the_tables_of_the_reference_are_whole() -> None:
    """No cell holds a bar that would begin another one."""
    tables = [block for block in markdown().split("\n\n") if block.startswith("|")]
    assert len(tables) == 6
    for table in tables:
        widths = {line.replace("\\|", "").count("|") for line in table.strip().splitlines()}
        assert len(widths) == 1
