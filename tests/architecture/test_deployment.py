"""The files for a deployment: valid by their own rules, without secrets, and in step with the settings."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

PROJECT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
COMPOSE = PROJECT / "docker-compose.yml"
OWN_SERVICES = {"migrate", "web", "worker", "beat"}


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return YAML(typ="safe").load(COMPOSE)["services"]


def test_compose_file_keeps_the_compose_specification() -> None:
    command = [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", COMPOSE]
    answer = subprocess.run(command, capture_output=True, text=True)
    assert (answer.returncode, answer.stdout.strip()) == (0, "ok -- validation done"), answer.stdout + answer.stderr


def test_dockerfile_passes_hadolint() -> None:
    answer = subprocess.run([BIN / "hadolint", "--no-color", PROJECT / "Dockerfile"], capture_output=True, text=True)
    assert (answer.returncode, answer.stdout) == (0, "")


def test_image_runs_as_a_numbered_user_without_rights() -> None:
    users = re.findall(r"^USER (.+)$", (PROJECT / "Dockerfile").read_text(), re.MULTILINE)
    assert users == ["10001:10001"]


def test_services_are_the_known_ones(services: dict[str, Any]) -> None:
    assert set(services) == OWN_SERVICES | {"postgres", "valkey", "mailpit"}


def test_every_service_is_watched_or_says_that_it_is_not(services: dict[str, Any]) -> None:
    watched = {name for name, service in services.items() if "test" in service["healthcheck"]}
    assert watched == {"postgres", "valkey", "mailpit", "web", "worker"}
    assert all(services[name]["healthcheck"] == {"disable": True} for name in set(services) - watched)


def test_images_are_pinned_to_a_version(services: dict[str, Any]) -> None:
    foreign = {name: service["image"] for name, service in services.items() if name not in OWN_SERVICES}
    assert {name: bool(re.search(r":v?\d", image)) for name, image in foreign.items()} == dict.fromkeys(foreign, True)


def test_secrets_are_demanded_and_never_written() -> None:
    text = COMPOSE.read_text()
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD"):
        values = re.findall(rf"\$\{{{name}[^}}]*\}}", text)
        assert values
        assert [value for value in values if not value.startswith(f"${{{name}:?")] == []
    assert re.findall(r"(?m)^\s+\w*(?:KEY|PASSWORD|TOKEN)\w*: (?!\$\{)\S+", text) == []


def test_ports_are_bound_to_this_machine(services: dict[str, Any]) -> None:
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_every_variable_is_one_that_the_settings_read(services: dict[str, Any]) -> None:
    read = set(re.findall(r'env\.\w+\(\s*"(\w+)"', (PROJECT / "summitprep" / "settings.py").read_text()))
    given = {name for service in OWN_SERVICES for name in services[service]["environment"]}
    assert given - read == set()


def test_own_services_write_nowhere_but_to_their_volume(services: dict[str, Any]) -> None:
    for name in OWN_SERVICES:
        service = services[name]
        assert (service["read_only"], service["cap_drop"], service["volumes"]) == (True, ["ALL"], ["media:/data"])


def test_only_what_the_image_needs_reaches_the_build() -> None:
    lines = (PROJECT / ".dockerignore").read_text().split()
    assert lines[0] == "*"
    kept = {line[1:] for line in lines if line.startswith("!")}
    assert kept == {
        "api",
        "locale",
        "manage.py",
        "pyproject.toml",
        "static",
        "summitprep",
        "templates",
        "uv.lock",
        "workflows",
    }
