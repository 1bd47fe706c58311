"""The figures of `mcp-runtime/docs/instances.md` that are arithmetic for many instances: the memory of a session, of a task and
of a caller's limit, in a server and in Redis, and the commands that Redis carries out for them.

growth.py <program> [sessions]
"""

import os
import pathlib
import re
import socket
import sys
import tempfile
import threading
import time

from load import legacy
from load.fleet import Instance, Redis
from load.wire import Wire

program = os.path.abspath(sys.argv[1])
number = int(sys.argv[2]) if len(sys.argv) > 2 else 5_000
THREADS = 4


def command(redis, *words):
    """Returns the raw reply of a command."""
    with socket.create_connection((redis.host, redis.port)) as it:
        it.sendall((" ".join(words) + "\r\n").encode())
        it.settimeout(0.3)
        reply = b""
        try:
            while part := it.recv(1 << 16):
                reply += part
        except TimeoutError:
            pass
    return reply.decode(errors="replace")


def info(redis, section):
    return dict(re.findall(r"^(\w+):(.*?)\r$", command(redis, "INFO", section), re.M))


def memory(redis):
    return int(info(redis, "memory")["used_memory"])


def commands(redis):
    """Returns the number of scripts and messages sent; commands inside of scripts are not counted."""
    found = re.findall(r"^cmdstat_([\w|]+):calls=(\d+)", command(redis, "INFO", "commandstats"), re.M)
    return sum(int(count) for name, count in found if name in ("evalsha", "publish", "xadd"))


def resident(instance):
    status = pathlib.Path(f"/proc/{instance.running.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) * 1024


def in_threads(work):
    threads = [threading.Thread(target=work, args=(number // THREADS,)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def measure(what, redis, instances, work):
    """Runs `work`, and prints the cost of each of its parts."""
    server, store, sent = [resident(it) for it in instances], memory(redis), commands(redis)
    begun = time.time()
    in_threads(work)
    took = time.time() - begun
    time.sleep(1)
    grown = [(resident(it) - before) / number for it, before in zip(instances, server)]
    stored, carried = (memory(redis) - store) / number, (commands(redis) - sent) / number
    each = ", ".join(f"{bytes_:.0f}" for bytes_ in grown)
    print(f"{what}: {each} bytes in the servers, {stored:.0f} in Redis, {carried:.2f} commands; {number / took:.0f}/s")


def main():
    folder = tempfile.mkdtemp()
    redis = Redis(folder)
    settings = {
        "MCP_LIMITS_SESSIONS": "1000000",
        "MCP_LIMITS_FLOOD": "1000000",
        "MCP_LIMITS_TASKS": "1000000",
        "MCP_LOG_LEVEL": "error",
    }
    near, far = [Instance(program, redis, folder, **settings) for _ in range(2)]
    opened, lock = [], threading.Lock()
    try:
        for it in (redis, near, far):
            it.start()

        def open_some(count):
            wire = Wire(near.port)
            found = [legacy.Session(wire) for _ in range(count)]
            with lock:
                opened.extend(found)

        def use(instance):
            taken = iter(list(opened))

            def use_some(count):
                wire = Wire(instance.port)
                for _ in range(count):
                    with lock:
                        session = next(taken)
                    session.wire = wire
                    session.ask("ping", {})

            return use_some

        def call_some(count):
            wire = Wire(near.port)
            for _ in range(count):
                wire.call("add", {"a": 1, "b": 2})

        in_threads(call_some)
        measure("a call that nothing limits", redis, [near, far], call_some)
        measure("a session that is opened", redis, [near, far], open_some)
        measure("a session that is used again", redis, [near, far], use(near))
        measure("a session that is used on another instance", redis, [near, far], use(far))
    finally:
        for it in (near, far, redis):
            if it.running:
                it.running.end()


main()
