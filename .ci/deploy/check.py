"""The files that no program checks without a network: their references, and the metrics of the dashboard and the alerts."""

import json
import pathlib
import re
import sys

import yaml

deploy = pathlib.Path(sys.argv[1])

compose = yaml.safe_load((deploy / "compose.yaml").read_text())
services, networks, secrets = (compose[key] for key in ("services", "networks", "secrets"))
for name, service in services.items():
    for other in service.get("depends_on", []):
        assert other in services, f"compose: {name} depends on {other}"
    for network in service.get("networks", []):
        assert network in networks, f"compose: {name} is in {network}"
    for secret in service.get("secrets", []):
        assert secret in secrets, f"compose: {name} has {secret}"
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        assert (deploy / source).exists(), f"compose: {name} mounts {source}"
    assert "image" in service or (deploy / service["build"]["dockerfile"]).is_file(), name
upstreams = re.findall(r"server (server-\d+):", (deploy / "nginx/mcp.conf").read_text())
assert upstreams and set(upstreams) <= set(services), upstreams

kubernetes = deploy / "kubernetes"
listed = yaml.safe_load((kubernetes / "kustomization.yaml").read_text())["resources"]
found = {path.name for path in kubernetes.glob("*.yaml")} - {"kustomization.yaml"}
assert set(listed) == found, (listed, found)

# The names of settings in the reference.
settings = set(re.findall(r"MCP_[A-Z_]+", pathlib.Path("mcp-runtime/docs/configuration.md").read_text()))
for path in deploy.rglob("*"):
    for name in re.findall(r"MCP_[A-Z_]+", path.read_text()) if path.is_file() else []:
        assert name in settings, f"{path}: no setting {name}"

# The names of metrics registered in the source.
source = "".join(path.read_text() for path in pathlib.Path("mcp-runtime/src").rglob("*.rs"))
registered = set(re.findall(r'"((?:mcp|process)_[a-z_]+)"', source))
dashboard = json.loads((deploy / "grafana/dashboard.json").read_text())
queries = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
alerts = yaml.safe_load((deploy / "prometheus/alerts.yml").read_text())
queries += [rule["expr"] for group in alerts["groups"] for rule in group["rules"]]
for query in queries:
    for metric in re.findall(r"\b(?:mcp|process)_[a-z_]+", query):
        base = re.sub(r"_(total|bucket|sum|count)$", "", metric)
        assert base in registered or metric in registered, f"no metric {metric}: {query}"

# Each alert has a row in operations.md.
answers = pathlib.Path("mcp-runtime/docs/operations.md").read_text()
for group in alerts["groups"]:
    for rule in group["rules"]:
        assert f"| `{rule['alert']}` |" in answers, f"no answer to {rule['alert']}"

# The memory alert uses the limit of the manifest.
[limit] = re.findall(r"limits: \{ memory: (\d+)Gi", (kubernetes / "deployment.yaml").read_text())
[memory] = [rule["expr"] for group in alerts["groups"] for rule in group["rules"] if rule["alert"] == "McpMemory"]
assert int(memory.split(" > ")[1]) == int(limit) * 1024**3 * 8 // 10, memory
print(f"{len(services)} services, {len(listed)} resources, {len(queries)} queries")
