"""The .deb packages on a clean Debian."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from direct_access._version import __version__
from direct_access.simulator.embedded import Simulator
from direct_access.simulator.settings import SimulatorSettings
from tests.packages.conftest import SECS, STARTED, STOPPED, one, play_systemd
from tests.support.clean_root import CleanRoot, clean_root

pytestmark = pytest.mark.timeout(SECS)
EXAMPLES = Path(__file__).parents[2] / "examples"
HOSTILE = "raise SystemExit('the module of a user')\n"
LIBRARY = "/opt/direct-access/lib"
CONFFILES = {"/etc/direct-access", "/etc/direct-access/config.yaml.example", "/etc/logrotate.d/direct-access"}


def install(root: CleanRoot, package: Path) -> None:
    """Install a package, and leave no file of its own."""
    root.copy_in(package, f"/tmp/{package.name}")
    root.run(["dpkg", "--install", f"/tmp/{package.name}"])
    root.run(["rm", f"/tmp/{package.name}"])


@pytest.fixture(scope="module")
def root(built: Path) -> Iterator[CleanRoot]:
    """A Debian with the command; its tests change nothing that others look at."""
    with clean_root() as root:
        root.run(["useradd", "--create-home", "alice"])
        install(root, one(built, "direct-access_*.deb"))
        yield root


def test_the_command_runs_with_what_the_package_brings(root: CleanRoot) -> None:
    assert root.run(["direct-access", "--version"]).stdout == f"direct-access, version {__version__}\n"
    imported = "import click, requests, yaml; print(click.__file__, requests.__file__, yaml.__file__)"
    paths = root.run(
        ["python3", "-I", "-S", "-c", f"import sys; sys.path.insert(0, '{LIBRARY}'); {imported}"]
    )
    assert all(path.startswith(LIBRARY) for path in paths.stdout.split())


def test_packages_of_a_user_do_not_reach_the_command(root: CleanRoot) -> None:
    modules = "/home/alice/modules"
    root.run(["mkdir", "-p", modules, "/home/alice/.local/lib/python3.11/site-packages"])
    for place in (modules, "/home/alice/.local/lib/python3.11/site-packages"):
        for name in ("click", "yaml", "json", "sitecustomize", "usercustomize"):
            root.path(f"{place}/{name}.py").write_text(HOSTILE)
    told = root.run(
        ["direct-access", "config", "show"],
        user="alice",
        cwd=modules,
        env={"PYTHONPATH": modules, "PYTHONSTARTUP": f"{modules}/click.py", "HOME": "/home/alice"},
    )
    assert told.stdout.startswith("SETTING")


def test_no_python_of_a_user_sees_the_package(root: CleanRoot) -> None:
    seen = root.run(["python3", "-c", "import direct_access"], check=False)
    assert "ModuleNotFoundError: No module named 'direct_access'" in seen.stderr
    outside = root.run(["find", "/usr/lib/python3", "/usr/local/lib", "-name", "*direct?access*"])
    assert outside.stdout == ""


def test_everything_is_compiled_for_the_python_that_runs_it(root: CleanRoot) -> None:
    library = root.path(LIBRARY)
    sources = [path for path in library.rglob("*.py") if "__pycache__" not in path.parts]
    assert len(sources) > 400
    assert all(list((path.parent / "__pycache__").glob(f"{path.stem}.*.pyc")) for path in sources)


def test_another_python_compiles_again(root: CleanRoot) -> None:
    (compiled,) = root.path(f"{LIBRARY}/direct_access/__pycache__").glob("_version.*.pyc")
    compiled.unlink()
    root.run(["dpkg-trigger", "--no-await", "--by-package=python3-minimal", "/usr/bin/python3"])
    root.run(["dpkg", "--triggers-only", "--pending"])
    assert compiled.exists()


def test_dpkg_finds_every_file_as_it_was_packed(root: CleanRoot) -> None:
    assert root.run(["dpkg", "--verify", "direct-access"]).stdout == ""
    assert root.run(["dpkg", "--audit"]).stdout == ""
    writable = root.run(["find", "/opt/direct-access", "-perm", "/022", "-not", "-type", "l"])
    assert writable.stdout == ""


def test_links_lead_to_files_of_the_package(root: CleanRoot) -> None:
    listed = root.run(["dpkg", "--listfiles", "direct-access"]).stdout.split()
    links = [name for name in listed[1:] if root.path(name).is_symlink()]
    assert "/usr/bin/direct-access" in links
    assert "/usr/share/man/man1/direct-access.1.gz" in links
    assert "/usr/share/bash-completion/completions/direct-access" in links
    for link in links:
        assert str(root.path(link).readlink()).startswith("/opt/direct-access/"), link
        root.run(["test", "-e", link])


def test_bash_completes_with_the_installed_script(root: CleanRoot) -> None:
    script = """
        . /usr/share/bash-completion/completions/direct-access
        COMP_WORDS=(direct-access vali) COMP_CWORD=1
        _direct_access_completion direct-access
        echo "${COMPREPLY[@]}"
    """
    assert root.run(["bash", "-c", script], user="alice").stdout == "validate\n"


def test_a_user_runs_a_job_with_the_configuration_of_the_site(root: CleanRoot, tmp_path: Path) -> None:
    with Simulator(tmp_path / "simulator", SimulatorSettings(execute=False)) as simulator:
        configuration = simulator.write_client_configuration(tmp_path / "client")
        text = configuration.read_text().replace(str(tmp_path / "client"), "/etc/direct-access")
        for secret in ("api_key", "secret_access_key"):
            root.copy_in(tmp_path / "client" / secret, f"/etc/direct-access/{secret}")
            root.run(["chown", "alice", f"/etc/direct-access/{secret}"])
        root.path("/etc/direct-access/config.yaml").write_text(text)
        for name in ("bell.yaml", "bell.qasm"):
            root.copy_in(EXAMPLES / name, f"/srv/{name}")
        root.run(["chown", "-R", "alice", "/srv"])
        command = ["direct-access", "run", "-o", "result", "bell.yaml"]
        root.run(command, user="alice", cwd="/srv", env={"HOME": "/home/alice"}, outside_network=True)
    assert root.path("/srv/result/results.json").stat().st_size > 0


def test_removal_leaves_configuration_and_purge_nothing(built: Path) -> None:
    with clean_root() as root:
        told = play_systemd(root)
        before = root.files()
        packages = [one(built, "direct-access_*.deb"), one(built, "direct-access-slurm-plugin_*.deb")]
        for package in packages:
            install(root, package)
        install(root, packages[0])  # as an upgrade does
        root.run(["direct-access", "--version"])
        root.run(["sh", "-c", "mkdir /var/lib/direct-access; touch /var/lib/direct-access/reap.json"])
        root.run(["touch", "/etc/direct-access/config.yaml"])
        root.run(["dpkg", "--remove", "direct-access", "direct-access-slurm-plugin"])
        assert told.read_text().splitlines() == [*STARTED, *STARTED, *STOPPED]
        left = {name for name in root.files() - before if not name.startswith("/var/lib/")}
        assert left == {*CONFFILES, "/etc/direct-access/config.yaml", "/etc/logrotate.d"} - before
        root.run(["dpkg", "--purge", "direct-access", "direct-access-slurm-plugin"])
        assert root.files() - before == set()
        assert before - root.files() <= {"/opt"}  # dpkg removes what is empty


def test_a_purge_spares_a_configuration_that_many_nodes_mount(built: Path) -> None:
    with clean_root() as root:
        root.run(["sh", "-c", "mkdir /etc/direct-access /srv/shared; touch /srv/shared/config.yaml"])
        root.run(["mount", "--bind", "/srv/shared", "/etc/direct-access"])
        install(root, one(built, "direct-access_*.deb"))
        root.run(["dpkg", "--purge", "direct-access"], check=False)  # a mount point cannot be removed
        root.run(["test", "-e", "/srv/shared/config.yaml"])


def test_slurm_loads_the_packaged_plugin(built: Path) -> None:
    with clean_root() as root:
        install(root, one(built, "direct-access-slurm-plugin_*.deb"))
        listed = root.run(["dpkg", "--listfiles", "direct-access-slurm-plugin"]).stdout.split()
        (plugin,) = [name for name in listed if name.endswith(".so")]
        root.path("/etc/slurm/plugstack.conf").write_text("required direct_access.so\n")
        root.path("/etc/slurm/slurm.conf").write_text("ClusterName=c\nSlurmctldHost=localhost\n")
        assert "--qpu=" in root.run(["sbatch", "--help"]).stdout
        listing = root.run(["sh", "-c", f"ls -l {plugin}"]).stdout
        assert listing.startswith("-rwxr-xr-x 1 root root")
