"""The files of deploy/: they name what there is, and the tools that read them, where installed, take them."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from apology_rules import Versions
from apology_service.metrics import Metrics
from apology_service.settings import load_settings
from tests.deploy.fleet import DEPLOY

GAUGES = ("calls_under_way", "ready", "certificate_expiry_timestamp_seconds")
_METRIC = re.compile(r"\b(?:apology_review|rpc_server)_[a-z_]+\b")
_SUFFIXES = ("", "_bucket", "_count", "_sum", "_total", "_info")


def existing() -> set[str]:
    """The names that the server exposes."""
    metrics = Metrics()
    metrics.build(Versions(package="1", rules="1", pipeline="1"))
    for name in GAUGES:
        metrics.gauge(name, "", lambda: 0)
    families = metrics.registry.collect()
    return {family.name + suffix for family in families for suffix in _SUFFIXES}


def tool(name: str) -> str:
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found:
        pytest.skip(f"needs {name}")
    return found


def accepted(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("file", ["grafana/apology-review.json", "prometheus/alerts.yaml"])
def test_every_metric_that_is_looked_at_exists(file: str) -> None:
    named = set(_METRIC.findall((DEPLOY / file).read_text(encoding="utf-8")))
    assert len(named) > 3
    assert named - existing() == set()


def test_every_metric_is_on_the_dashboard() -> None:
    shown = (DEPLOY / "grafana" / "apology-review.json").read_text(encoding="utf-8")
    ours = {family.name for family in Metrics().registry.collect() if family.name.startswith(("apology_", "rpc_"))}
    assert {name for name in {*ours, *(f"apology_review_{gauge}" for gauge in GAUGES)} if name not in shown} == set()


def test_the_dashboard_is_a_grid_of_panels_without_overlap() -> None:
    dashboard = json.loads((DEPLOY / "grafana" / "apology-review.json").read_text(encoding="utf-8"))
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        squares = {(place["x"] + i, place["y"] + j) for i in range(place["w"]) for j in range(place["h"])}
        assert not squares & taken
        assert place["x"] + place["w"] <= 24
        assert all(target["expr"] for target in panel["targets"])
        taken |= squares
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


def test_the_settings_in_the_image_are_settings() -> None:
    settings = load_settings(config=str(DEPLOY / "kubernetes" / "base" / "server.toml"), environment={})
    manifest = (DEPLOY / "kubernetes" / "base" / "deployment.yaml").read_text(encoding="utf-8")
    seconds = re.search(r"terminationGracePeriodSeconds: (\d+)", manifest)
    assert seconds
    assert settings.lame_duck_seconds + settings.grace_seconds + 10 <= int(seconds[1])
    for address in (settings.address, settings.telemetry.health_address, settings.telemetry.metrics_address):
        assert f"containerPort: {address.rpartition(':')[2]}" in manifest


def test_a_pod_has_as_many_workers_as_processors_whatever_its_node_has() -> None:
    manifest = (DEPLOY / "kubernetes" / "base" / "deployment.yaml").read_text(encoding="utf-8")
    asked = re.search(r'requests: \{cpu: "(\d+)"', manifest)
    assert asked
    config = DEPLOY / "kubernetes" / "base" / "server.toml"
    assert tomllib.loads(config.read_text(encoding="utf-8"))["workers"] == int(asked[1])


def test_the_image_is_well_described() -> None:
    accepted(tool("hadolint"), str(DEPLOY / "Dockerfile"))


def test_the_alerts_are_rules_and_fire_when_they_should() -> None:
    promtool = tool("promtool")
    accepted(promtool, "check", "rules", str(DEPLOY / "prometheus" / "alerts.yaml"))
    accepted(promtool, "test", "rules", str(DEPLOY / "prometheus" / "alerts_test.yaml"))


@pytest.mark.parametrize("folder", ["base", "overlays/production"])
def test_the_manifests_are_what_kubernetes_takes(folder: str, tmp_path: Path) -> None:
    kubectl, validate = tool("kubectl"), tool("kubernetes-validate")
    rendered = accepted(kubectl, "kustomize", str(DEPLOY / "kubernetes" / folder))
    (tmp_path / "all.yaml").write_text(rendered, encoding="utf-8")
    accepted(validate, "--strict", str(tmp_path / "all.yaml"))
