"""What `deploy/` holds is what the code says, and parts of it that name one another do so rightly. None of it is run here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from finora.settings import FIELDS
from finora.storage.events.clickhouse.ddl import statements
from finora.storage.events.clickhouse.schema import TABLES

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
KNOWN = {setting.variable for setting in FIELDS}


@pytest.mark.parametrize("kind", ["replicated", "sharded"])
def test_tables_of_a_cluster_are_those_of_the_code(kind: str) -> None:
    """Made anew with: python -m finora.storage.events.clickhouse.ddl <kind> > deploy/clickhouse/<kind>.sql."""
    written = (DEPLOY / "clickhouse" / f"{kind}.sql").read_text("utf-8")
    assert written == statements(kind)
    for table in TABLES:
        assert f"CREATE TABLE IF NOT EXISTS {table.name} ON CLUSTER" in written


def test_servers_of_the_compose_file_share_what_they_must() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]
    one, two = (services[name]["environment"] for name in ("finora-1", "finora-2"))
    assert one == two
    assert {*one} <= KNOWN
    assert {"FINORA_SECRET_KEY", "FINORA_DATABASE_URL", "FINORA_EVENTS_URL"} <= {*one}
    balanced = (DEPLOY / "balancer.conf").read_text("utf-8")
    assert {*re.findall(r"server (finora-\d):8000", balanced)} == {"finora-1", "finora-2"}
    for service in services.values():
        assert {*service.get("depends_on", ())} <= {*services}


def test_parts_of_the_manifests_belong_together() -> None:
    documents: list[dict[str, Any]] = [
        *yaml.safe_load_all((DEPLOY / "kubernetes" / "finora.yaml").read_text("utf-8")),
        yaml.safe_load((DEPLOY / "kubernetes" / "secret.example.yaml").read_text("utf-8")),
    ]
    parts = {document["kind"]: document for document in documents}
    assert {*parts} == {"Deployment", "Service", "Ingress", "PodDisruptionBudget", "Secret"}
    template = parts["Deployment"]["spec"]["template"]
    (container,) = template["spec"]["containers"]
    labels = template["metadata"]["labels"]
    assert parts["Deployment"]["spec"]["selector"]["matchLabels"] == labels
    assert parts["Service"]["spec"]["selector"] == labels
    assert parts["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    assert container["envFrom"] == [{"secretRef": {"name": parts["Secret"]["metadata"]["name"]}}]
    given = {*parts["Secret"]["stringData"], *(each["name"] for each in container["env"])}
    assert given <= KNOWN
    assert {container[f"{kind}Probe"]["httpGet"]["path"] for kind in ("liveness", "readiness")} == {
        "/healthz",
        "/readyz",
    }
    mounted = {each["name"] for each in container["volumeMounts"]}
    assert mounted == {each["name"] for each in template["spec"]["volumes"]}
    (rule,) = parts["Ingress"]["spec"]["rules"]
    backend = rule["http"]["paths"][0]["backend"]["service"]
    assert backend["name"] == parts["Service"]["metadata"]["name"]
    assert backend["port"]["name"] == parts["Service"]["spec"]["ports"][0]["name"]


def test_the_image_is_made_of_files_that_are_there() -> None:
    made = (ROOT / "Dockerfile").read_text("utf-8")
    for lock in re.findall(r"-r (\S+\.lock)", made):
        assert (ROOT / lock).exists()
    assert "finora" in made.rsplit("ENTRYPOINT", 1)[1]


def test_the_commands_that_make_the_first_owner_find_finora_and_a_terminal() -> None:
    """`docker compose exec` looks for programs in PATH alone, and the command asks for a password."""
    made = (ROOT / "Dockerfile").read_text("utf-8")
    (entry,) = re.findall(r'^ENTRYPOINT \["(.+)/finora"\]$', made, re.MULTILINE)
    assert f"ENV PATH={entry}:$PATH" in made.rsplit("\nFROM ", 1)[1].splitlines()
    assert "docker compose exec finora-1 finora users create" in (DEPLOY / "compose.yaml").read_text("utf-8")
    manifests = (DEPLOY / "kubernetes" / "finora.yaml").read_text("utf-8")
    assert "exec -it deploy/finora -- finora users create" in manifests


def test_the_sizes_of_the_compose_file_are_those_of_the_documentation() -> None:
    """One said 8 GB for a thousand million events, the other 16."""
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]
    limits = services["clickhouse"]["deploy"]["resources"]["limits"]
    told = (ROOT / "src" / "finora" / "help" / "scale.md").read_text("utf-8")
    (cores, memory) = re.findall(r"^\| 1,000 million \|.*\| (\d+) cores, (\d+) GB \|", told, re.MULTILINE)[0]
    assert limits == {"cpus": cores, "memory": f"{memory}G"}


def test_secrets_that_the_files_have_people_write_go_into_no_image_and_no_commit() -> None:
    """Whoever pulls the image would have the master key."""
    kept_out = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert {"deploy", "**/.env", "**/secret.yaml", "**/secret.key"} <= {*kept_out}
    uncommitted = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert {".env", "secret.yaml", "secret.key"} <= {*uncommitted}
