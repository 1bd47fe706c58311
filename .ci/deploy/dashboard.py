"""Evaluates every query of the dashboard and of the alerts in a real Prometheus, which scrapes real servers under load.

A query of the dashboard returns series with numbers. So does the left side of an alert's condition; where its reason can be
given here, the whole condition does.
"""

import json
import math
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

import yaml

from load import legacy, modern
from load.fleet import Instance, Process, Redis, free_port
from load.tally import Tally
from load.wire import Refused, Wire

deploy, program = pathlib.Path(sys.argv[1]), os.path.abspath(sys.argv[2])
KINDS = [modern.Caller, modern.Limited, modern.Tasks, modern.Listening, legacy.Caller, legacy.Streamed, legacy.Listening]
# The alerts whose cause is produced here, and those whose cause needs a faulty server.
FIRING = ["McpInstanceDown", "McpBreakerOpen", "McpStoreUnavailable", "McpCertificateExpiry", "McpReloadRefused"]
HEALTHY = {
    "McpErrors": "more than 5 % of all requests would have to fail",
    "McpSlow": "calls would have to take a second",
    "McpStoreSlow": "Redis would have to be slow",
    "McpMemory": "a server would have to take 800 MB",
    "McpDescriptors": "a server would have to have too many connections",
}


class Prometheus:
    """A real Prometheus, with the scrape configuration and the alerts of the deployment, at other addresses and intervals."""

    def __init__(self, folder, targets, secure):
        config = yaml.safe_load((deploy / "prometheus/prometheus.yml").read_text())
        config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        del config["alerting"]
        [scrape] = config["scrape_configs"]
        scrape["static_configs"] = [{"targets": targets}]
        # The server with TLS, as the same job; its certificate is self-signed.
        tls = {**scrape, "job_name": "tls", "scheme": "https", "tls_config": {"insecure_skip_verify": True}}
        tls["static_configs"] = [{"targets": [secure], "labels": {"job": "mcp"}}]
        config["scrape_configs"].append(tls)
        config["rule_files"] = [str((deploy / "prometheus/alerts.yml").resolve())]
        path = pathlib.Path(folder, "prometheus.yml")
        path.write_text(yaml.safe_dump(config))
        self.address = f"127.0.0.1:{free_port()}"
        command = ["prometheus", f"--config.file={path}", f"--storage.tsdb.path={folder}/tsdb"]
        self.running = Process([*command, f"--web.listen-address={self.address}", "--log.level=warn"])

    def get(self, path, **query):
        url = f"http://{self.address}/api/v1/{path}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(url, timeout=10) as response:
            return json.load(response)["data"]

    def ask(self, query):
        """Returns the numeric values of the series."""
        values = [float(series["value"][1]) for series in self.get("query", query=query)["result"]]
        return [value for value in values if not math.isnan(value)]

    def until(self, query, most=15):
        end = time.time() + most
        while time.time() < end:
            try:
                if found := self.ask(query):
                    return found
            except OSError:
                pass
            time.sleep(0.3)
        raise SystemExit(f"no series: {query}")


def left(condition):
    """Returns the expression that an alert compares."""
    for operator in (" > ", " < ", " == "):
        head, found, _ = condition.rpartition(operator)
        if found:
            return head
    raise SystemExit(f"not a comparison: {condition}")


def certificate(folder):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
        + ["-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem"],
        check=True,
        capture_output=True,
    )
    return {"MCP_TLS_CERT_PATH": f"{folder}/cert.pem", "MCP_TLS_KEY_PATH": f"{folder}/key.pem"}


def main():
    folder = tempfile.mkdtemp()
    configuration = pathlib.Path(folder, "mcp.toml")
    configuration.write_text("")
    redis = Redis(folder)
    near = Instance(program, redis, folder)
    far = Instance(program, redis, folder)
    secure = Instance(program, redis, folder, **certificate(folder))
    running = [redis, near, far, secure]
    try:
        for it in running:
            it.start()
        addresses = [f"127.0.0.1:{it.port}" for it in (near, far)]
        prometheus = Prometheus(folder, [*addresses, f"127.0.0.1:{free_port()}"], f"127.0.0.1:{secure.port}")
        running.append(prometheus)
        clients = [kind(it.port, Tally(), number) for it in (near, far) for number, kind in enumerate(KINDS)]
        for client in clients:
            client.start()
        wire = Wire(near.port)
        for _ in range(3):
            try:
                wire.call("fail", {})
            except Refused:
                pass
        prometheus.until('up{job="mcp"} == 1')
        time.sleep(5)
        dashboard = json.loads((deploy / "grafana/dashboard.json").read_text())
        queries = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
        for query in queries:
            prometheus.until(query)
        alerts = yaml.safe_load((deploy / "prometheus/alerts.yml").read_text())
        rules = {rule["alert"]: rule["expr"] for group in alerts["groups"] for rule in group["rules"]}
        assert sorted(rules) == sorted([*FIRING, *HEALTHY]), sorted(rules)
        for condition in rules.values():
            prometheus.until(left(condition))
        # The remaining causes: a refused configuration, and no Redis.
        configuration.write_text("nonsense = [\n")
        near.running.process.send_signal(signal.SIGHUP)
        redis.kill()
        for alert in FIRING:
            prometheus.until(rules[alert])
        faults = [
            (rule["name"], rule["lastError"])
            for group in prometheus.get("rules")["groups"]
            for rule in group["rules"]
            if rule["health"] != "ok"
        ]
        assert not faults, faults
        print(f"{len(queries)} queries of the dashboard and {len(rules)} of the alerts return series")
        for alert, reason in HEALTHY.items():
            print(f"{alert} does not hold here: {reason}")
    finally:
        for it in reversed(running):
            if it.running:
                it.running.end()


main()
