"""Three instances that share a Redis behind nginx: a rolling restart, one kill -9 and a restart of Redis under load.

No call is lost but those in flight in the instance that is killed.
"""

import atexit
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

conf, program = pathlib.Path(sys.argv[1]), os.path.abspath(sys.argv[2])
folder = tempfile.mkdtemp()
version = "2026-07-28"


def free_port():
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return it.getsockname()[1]


running = []


def spawn(command, **options):
    process = subprocess.Popen(command, **options)
    running.append(process)
    return process


@atexit.register
def end():
    for process in running:
        if process.poll() is None:
            process.kill()
            process.wait()


def wait(port, path="/ready"):
    end = time.time() + 15
    while time.time() < end:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise SystemExit(f"nothing answers on port {port}")


redis_port, front, ports = free_port(), free_port(), [free_port() for _ in range(3)]


def start_redis():
    command = ["redis-server", "--port", str(redis_port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
    return spawn(command, stdout=subprocess.DEVNULL)


def start(port):
    environment = {
        **os.environ,
        "MCP_SERVER_HOST": "127.0.0.1",
        "MCP_SERVER_PORT": str(port),
        "MCP_REDIS_URL": f"redis://127.0.0.1:{redis_port}",
        "MCP_STATE_KEYS": "0123456789abcdef0123456789abcdef",
        "MCP_SERVER_SHUTDOWN_DELAY": "1s",
    }
    log = open(os.path.join(folder, f"{port}.log"), "ab")
    process = spawn([program, "http"], env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    wait(port)
    return process


redis = start_redis()
time.sleep(0.3)
instances = [start(port) for port in ports]
text = conf.read_text().replace("listen 8080", f"listen 127.0.0.1:{front}")
for number, port in enumerate(ports, 1):
    text = text.replace(f"server-{number}:8080", f"127.0.0.1:{port}")
pathlib.Path(folder, "nginx.conf").write_text(
    f"pid {folder}/nginx.pid; error_log {folder}/error.log warn; worker_processes 1; daemon off;\n"
    f"events {{ worker_connections 1024; }}\n"
    f"http {{ access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;\n{text}\n}}\n"
)
nginx = ["nginx", "-p", folder, "-c", f"{folder}/nginx.conf"]
subprocess.run([*nginx, "-t", "-q"], check=True)
spawn(nginx)
wait(front, "/healthz")

made, lost, stop, lock = [0], [], threading.Event(), threading.Lock()


def call(connection, number):
    params = {
        "name": "add",
        "arguments": {"a": number, "b": 1},
        "_meta": {
            "io.modelcontextprotocol/protocolVersion": version,
            "io.modelcontextprotocol/clientCapabilities": {},
        },
    }
    body = json.dumps({"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params})
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": version,
        "Mcp-Method": "tools/call",
        "Mcp-Name": "add",
    }
    connection.request("POST", "/mcp", body, headers)
    response = connection.getresponse()
    answer = response.read().decode()
    if response.status != 200 or f'"{number + 1}"' not in answer:
        raise ValueError(f"{response.status} {answer[:200]}")


def load(first):
    number, connection = first, None
    while not stop.is_set():
        number += 1
        try:
            connection = connection or http.client.HTTPConnection("127.0.0.1", front, timeout=10)
            call(connection, number)
            with lock:
                made[0] += 1
        except (OSError, ValueError, http.client.HTTPException) as error:
            connection = None
            with lock:
                lost.append((time.time(), repr(error)))


callers = [threading.Thread(target=load, args=(n * 1_000_000,)) for n in range(8)]
for caller in callers:
    caller.start()
try:
    time.sleep(1)
    for place, port in enumerate(ports):
        instances[place].terminate()
        assert instances[place].wait(40) == 0
        instances[place] = start(port)
        time.sleep(0.5)
    rolled = len(lost)
    print(f"rolling restart: {made[0]} calls, {rolled} lost")
    assert rolled == 0, lost[:3]
    redis.kill()
    redis.wait()
    time.sleep(1.5)
    redis = start_redis()
    time.sleep(3)
    away = len(lost)
    print(f"Redis away and back: {made[0]} calls, {away} lost")
    assert away == 0, lost[:3]
    instances[1].send_signal(signal.SIGKILL)
    instances[1].wait()
    time.sleep(2)
    killed = len(lost)
    instances[1] = start(ports[1])
    time.sleep(1)
    print(f"kill -9: {made[0]} calls, {killed} lost")
    # One for each caller at most: those in flight there.
    assert killed <= len(callers), lost[:10]
    assert len(lost) == killed, lost[-3:]
    for port in ports:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/metrics")
        up = re.search(r"^mcp_store_up (\d)", connection.getresponse().read().decode(), re.M)
        assert up and up.group(1) == "1", port
finally:
    stop.set()
    for caller in callers:
        caller.join()
print("no call was lost but those in flight where an instance was killed")
