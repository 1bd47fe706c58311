"""Two instances of one server; the connection of one to Redis is cut and restored, once silently and once with resets.

While it is cut, each instance goes on, and a client sees what the documentation says and nothing else: local limits, a
degraded health, 503 for sessions that only the store knows. Once it is healed, they are one server again.
"""

import math
import os
import sys
import tempfile
import threading
import time

from load import legacy
from load.fleet import Instance, Redis
from load.namespace import Namespace, is_permitted
from load.wire import Lost, Refused, Wire, result, text

program = os.path.abspath(sys.argv[1])
QUOTA, PERIOD = 40, 10
SHARE = math.ceil(QUOTA / 2)
# The maximum time until an outage is detected, and until it has ended.
SOON = 5

if not is_permitted():
    print("left out: a partition takes CAP_NET_ADMIN and CAP_SYS_ADMIN")
    sys.exit()


def wire(instance):
    return Wire(instance.port, instance.host)


class At:
    """A session as seen by one instance."""

    def __init__(self, session, instance):
        self.session, self.wire = session, wire(instance)

    def status(self, method="ping"):
        """Returns the status of a request, and its `Retry-After`."""
        message = self.session.message(method, {})
        headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
        try:
            answer = self.wire.post(message, self.session.headers, is_kept=False)
        except Refused as why:
            return int(str(why)[:3])
        answer.text()
        return answer.status

    def end(self):
        return self.wire.send("DELETE", self.session.headers, is_kept=False).status


def until(condition, what, most=SOON):
    begun = time.time()
    while not condition():
        assert time.time() - begun < most, f"not after {most} s: {what}"
        time.sleep(0.05)


def opened(instance):
    return legacy.Session(wire(instance))


class Ear:
    """Listens to a counter on one instance."""

    def __init__(self, instance, name):
        self.uri, self.told, self.is_open = f"counter://{name}", 0, threading.Event()
        self.answer = wire(instance).modern(
            "subscriptions/listen", {"notifications": {"resourceSubscriptions": [self.uri]}}, is_kept=False
        )
        threading.Thread(target=self.listen, daemon=True).start()
        assert self.is_open.wait(5)

    def listen(self):
        try:
            for event in self.answer.events():
                if event.message.get("method", "").endswith("acknowledged"):
                    self.is_open.set()
                else:
                    self.told += 1
        except OSError:
            pass


def admitted(instance, seconds):
    """Calls a limited tool without pauses; returns the number of admitted calls, and the longest wait."""
    number, longest, end, caller = 0, 0, time.time() + seconds, wire(instance)
    while time.time() < end:
        begun = time.time()
        try:
            caller.call("limited", {})
            number += 1
        except Refused as why:
            assert "rate limit" in str(why), why
        longest = max(longest, time.time() - begun)
        time.sleep(0.02)
    return number, longest


def both_admitted(instances, seconds):
    found = {}

    def count(instance):
        found[instance] = admitted(instance, seconds)

    threads = [threading.Thread(target=count, args=(it,)) for it in instances]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(number for number, _ in found.values()), max(longest for _, longest in found.values())


def asks_and_is_answered(session, instance):
    """A call with an input request, on one instance."""
    at = legacy.Session.__new__(legacy.Session)
    at.wire, at.id, at.number = wire(instance), session.id, 50
    answer = at.begin("tools/call", {"name": "ask", "arguments": {}}, is_kept=False)
    for event in answer.events():
        message = event.message or {}
        if message.get("method") == "elicitation/create":
            at.notify({"id": message["id"], "result": {"action": "accept", "content": {"confirm": True}}})
        elif "result" in message:
            return text(result(message))
    raise Lost("no answer")


def partition(near, far, namespace, redis, is_silent):
    kind = "silently" if is_silent else "with resets"
    both, alone, home_far, ended = opened(near), opened(near), opened(far), opened(near)
    assert [At(both, far).status(), At(home_far, near).status(), At(ended, far).status()] == [200] * 3
    name = f"cut{int(is_silent)}"
    near_ear, far_ear = Ear(near, name), Ear(far, name)
    wire(near).call("bump", {"name": name})
    until(lambda: near_ear.told and far_ear.told, "a change is told everywhere")
    task = wire(near).ask("tools/call", {"name": "work", "arguments": {"steps": 20}})["taskId"]
    own = wire(far).ask("tools/call", {"name": "work", "arguments": {"steps": 20}})["taskId"]

    cut_at = time.time()
    namespace.cut(redis.port, is_silent)
    # Only calls detect a silent outage.
    total, longest = both_admitted([near, far], 4)
    assert far.metric("mcp_store_up") == 0 and near.metric("mcp_store_up") == 1
    most = (QUOTA + SHARE) * (1 + (time.time() - cut_at) / PERIOD)
    assert 0 < total <= most, (total, most)
    assert longest < 1, f"a call has waited for {longest:.2f} s"
    assert far.get("/ready")[0] == near.get("/ready")[0] == 200
    assert "degraded" in far.get("/health")[1] and "degraded" not in near.get("/health")[1]
    # Known sessions continue; the partitioned instance returns 503 for unknown ones.
    assert [At(it, far).status() for it in (both, home_far)] == [200, 200]
    assert [At(it, near).status() for it in (both, home_far, alone)] == [200] * 3
    assert At(alone, far).status() == 503
    assert asks_and_is_answered(home_far, far) == "sure" and asks_and_is_answered(both, near) == "sure"
    new = opened(far)
    assert At(new, far).status() == 200
    assert At(new, near).status() == 404, "the store does not know it yet"
    assert At(ended, near).end() == 204
    assert At(ended, far).status() == 200, "that it has ended is not known here yet"
    # Clients are notified of changes of their own instance.
    before = near_ear.told, far_ear.told
    wire(near).call("bump", {"name": name})
    until(lambda: near_ear.told > before[0], "a change is told where it happens")
    try:
        wire(far).ask("tools/call", {"name": "work", "arguments": {"steps": 1}})
        raise AssertionError("a task began that nobody else knows")
    except Refused as why:
        assert "not available" in str(why), why

    namespace.heal()
    took = far.until_store(1, SOON)
    until(lambda: far_ear.told > before[1], "what has changed is told afterwards")
    before = near_ear.told
    wire(far).call("bump", {"name": name})
    until(lambda: near_ear.told > before, "changes are shared again")
    until(lambda: At(alone, far).status() == 200, "a session of the other instance")
    until(lambda: At(new, far).status() == 200 and At(new, near).status() == 200, "a session that was opened meanwhile")
    until(lambda: At(ended, far).status() == 404, "a session that has ended meanwhile")
    for other, of in ((far, task), (near, own)):
        until(lambda: wire(other).ask("tasks/get", {"taskId": of})["status"] == "completed", "a task has its outcome")
    time.sleep(1)
    begun = time.time()
    shared, _ = both_admitted([near, far], 2)
    most = QUOTA * (1 + (time.time() - begun) / PERIOD)
    assert 0 < shared <= most + 1, (shared, most)
    print(
        f"cut {kind}: {total} calls admitted of {QUOTA} and a share of {SHARE}, the longest wait {longest * 1000:.0f} ms; "
        f"shared again {took:.1f} s after it was healed"
    )


folder = tempfile.mkdtemp()
with Namespace(1) as namespace:
    redis = Redis(folder, namespace.outside)
    near = Instance(program, redis, folder, namespace.outside)
    far = Instance(program, redis, folder, namespace.inside, namespace.name)
    try:
        redis.start()
        near.start()
        far.start()
        partition(near, far, namespace, redis, is_silent=True)
        partition(near, far, namespace, redis, is_silent=False)
    finally:
        for it in (near, far, redis):
            if it.running:
                it.running.end()
