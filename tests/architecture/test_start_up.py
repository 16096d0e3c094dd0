"""What is loaded before it is needed costs everybody."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import direct_access

HEAVY = {
    *(
        "boto3",
        "botocore",
        "ibm_boto3",
        "ibm_botocore",
        "requests",
        "urllib3",
        "numpy",
        "matplotlib",
        "qiskit",
        "yaml",
        "asyncio",
        "prometheus_client",
    ),
    *("ssl", "sqlite3", "multiprocessing"),
}
REPORT = "import json, sys; sys.stderr.write(json.dumps(sorted(sys.modules)))"


def loaded_by(code: str) -> set[str]:
    """Return the names of all modules that an interpreter holds after running some code."""
    ended = subprocess.run(
        [
            sys.executable,
            "-I",
            "-c",
            f"import sys\nbefore = set(sys.modules)\n{code}\n"
            "import json; sys.stderr.write(json.dumps(sorted(set(sys.modules) - before)))",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(ended.stderr))


def roots(names: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["run", "--help"], ["status", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    loaded = roots(loaded_by(f"from direct_access.cli import main; main({arguments!r})"))
    assert "click" in loaded
    assert loaded & HEAVY == set()


def test_help_loads_no_command() -> None:
    loaded = loaded_by("from direct_access.cli import main; main(['--help'])")
    assert {name for name in loaded if name.startswith("direct_access.cli.commands.")} == set()


def test_importing_the_package_loads_the_standard_library_alone() -> None:
    loaded = roots(loaded_by("import direct_access"))
    assert loaded - sys.stdlib_module_names == {"direct_access"}


def test_importing_the_package_loads_no_module_of_it_but_its_version() -> None:
    loaded = {name for name in loaded_by("import direct_access") if name.startswith("direct_access")}
    assert loaded == {"direct_access", "direct_access._version"}


def test_the_public_names_are_these() -> None:
    assert sorted(direct_access.__all__) == ["DirectAccessError", "Run", "__version__", "run"]


@pytest.mark.parametrize("name", direct_access.__all__)
def test_every_public_name_can_be_had(name: str) -> None:
    assert getattr(direct_access, name) is not None


def test_any_other_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = direct_access.nonsense


def test_star_import_gives_the_public_names() -> None:
    code = "from direct_access import *; assert callable(run) and issubclass(DirectAccessError, Exception)"
    subprocess.run([sys.executable, "-I", "-c", code], check=True)
