"""Instances of one server that share a Redis behind nginx or HAProxy, as processes of this machine."""

import http.client
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import time

STATE_KEYS = "0123456789abcdef0123456789abcdef"


def free_port():
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return it.getsockname()[1]


def get(port, path, host="127.0.0.1"):
    """Returns the status and the body."""
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def wait_for(port, path, host="127.0.0.1"):
    end = time.time() + 20
    while time.time() < end:
        try:
            if get(port, path, host)[0] == 200:
                return
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.05)
    raise SystemExit(f"nothing answers on port {port}")


class Process:
    """A program that `end` kills at the latest."""

    def __init__(self, command, **options):
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, **options)

    def end(self, number=signal.SIGKILL, most=40):
        """Sends the signal; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(most)


class Redis:
    def __init__(self, folder, host="127.0.0.1"):
        self.folder, self.host, self.port, self.running = folder, host, free_port(), None

    @property
    def url(self):
        return f"redis://{self.host}:{self.port}"

    def start(self, keeps=False):
        """Starts it with its persisted data, or empty and without persistence."""
        kept = pathlib.Path(self.folder, "appendonlydir")
        if not keeps and kept.exists():
            kept.rename(pathlib.Path(self.folder, f"old-{time.time()}"))
        command = ["redis-server", "--port", str(self.port), "--bind", self.host, "--save", "", "--dir", self.folder]
        command += ["--appendonly", "yes" if keeps else "no", "--protected-mode", "no"]
        self.running = Process(command, stdout=subprocess.DEVNULL)
        end = time.time() + 10
        while time.time() < end:
            try:
                socket.create_connection((self.host, self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit("Redis does not start")

    def kill(self):
        self.running.end()


class Instance:
    def __init__(self, program, redis, folder, host="127.0.0.1", namespace=None, **settings):
        self.program, self.redis, self.folder, self.settings = program, redis, folder, settings
        self.host, self.port, self.namespace, self.running = host, free_port(), namespace, None

    def start(self):
        environment = {
            **os.environ,
            "FLEET_FOLDER": self.folder,
            "MCP_SERVER_HOST": self.host,
            "MCP_SERVER_PORT": str(self.port),
            "MCP_REDIS_URL": self.redis.url,
            "MCP_STATE_KEYS": STATE_KEYS,
            "MCP_SERVER_SHUTDOWN_DELAY": "1s",
            **self.settings,
        }
        inside = ["ip", "netns", "exec", self.namespace] if self.namespace else []
        log = open(os.path.join(self.folder, f"{self.port}.log"), "ab")
        command = [*inside, self.program, "http"]
        self.running = Process(command, env=environment, cwd=self.folder, stdout=log, stderr=log)
        if "MCP_TLS_CERT_PATH" not in self.settings:
            wait_for(self.port, "/ready", self.host)

    def stop(self):
        """Stops it gracefully; returns the exit code."""
        return self.running.end(signal.SIGTERM)

    def kill(self):
        self.running.end()

    def get(self, path):
        return get(self.port, path, self.host)

    def metric(self, series):
        found = re.search(rf"^{re.escape(series)} (\S+)", self.get("/metrics")[1], re.M)
        return float(found.group(1)) if found else None

    def until_store(self, up, most=5):
        """Waits until it shares state with the others, or no longer does; returns the seconds that it took."""
        begun = time.time()
        while self.metric("mcp_store_up") != up:
            assert time.time() - begun < most, f"mcp_store_up is not {up} after {most} s"
            time.sleep(0.05)
        return time.time() - begun


class Nginx:
    """A real nginx with the configuration of the deployment."""

    def __init__(self, conf, addresses, folder):
        self.port = free_port()
        text = pathlib.Path(conf).read_text().replace("listen 8080", f"listen 127.0.0.1:{self.port}")
        for number, address in enumerate(addresses, 1):
            text = text.replace(f"server-{number}:8080", address)
        pathlib.Path(folder, "nginx.conf").write_text(
            f"pid {folder}/nginx.pid; error_log {folder}/error.log warn; worker_processes 1; daemon off;\n"
            "events { worker_connections 1024; }\n"
            f"http {{ access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;\n{text}\n}}\n"
        )
        self.command = ["nginx", "-p", folder, "-c", f"{folder}/nginx.conf"]
        self.running = None

    def start(self):
        subprocess.run([*self.command, "-t", "-q"], check=True)
        self.running = Process(self.command)
        wait_for(self.port, "/healthz")


class HAProxy:
    """A real HAProxy with the configuration of the deployment."""

    def __init__(self, conf, addresses, folder):
        self.port = free_port()
        text = pathlib.Path(conf).read_text().replace("bind :8080", f"bind 127.0.0.1:{self.port}")
        # Two file descriptors a connection, of which this machine may allow fewer.
        text = text.replace("maxconn 20000", "maxconn 2000")
        for number, address in enumerate(addresses, 1):
            text = text.replace(f"server-{number} 127.0.0.1:{8080 + number}", f"server-{number} {address}")
        path = pathlib.Path(folder, "haproxy.cfg")
        path.write_text(text)
        self.command = ["haproxy", "-q", "-db", "-f", str(path)]
        self.running = None

    def start(self):
        self.running = Process(self.command)
        wait_for(self.port, "/healthz")


class Fleet:
    """All processes of the deployment, which are killed at the end."""

    def __init__(self, program, conf, number=3):
        self.folder = tempfile.mkdtemp()
        self.redis = Redis(self.folder)
        self.instances = [Instance(os.path.abspath(program), self.redis, self.folder) for _ in range(number)]
        kind = HAProxy if conf.endswith("haproxy.cfg") else Nginx
        self.proxy = kind(conf, [f"{it.host}:{it.port}" for it in self.instances], self.folder)

    def __enter__(self):
        self.redis.start(keeps=True)
        for instance in self.instances:
            instance.start()
        self.proxy.start()
        return self

    def __exit__(self, *_):
        # The workers of nginx outlive a killed master, and hold the output of this process open.
        if self.proxy.running:
            self.proxy.running.end(signal.SIGTERM)
        for it in [*self.instances, self.redis]:
            if it.running:
                it.running.end()
