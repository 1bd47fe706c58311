"""Clients of revision 2026-07-28, whose requests are independent of each other."""

import time

from .client import Client, Listener
from .wire import Lost, Refused, Wire


class Caller(Client):
    def turn(self):
        answer = self.wire.call("add", {"a": self.turns, "b": 1})
        if answer != str(self.turns + 1):
            raise Lost(answer)


class Limited(Client):
    """Calls a tool with a limit shared by all callers, and records the times of admission."""

    pause = 0.05

    def turn(self):
        try:
            self.wire.call("limited", {})
            self.tally.admit()
        except Refused as why:
            if "rate limit" not in str(why):
                raise


class Asked(Client):
    """Responds to an input request in a second round, which may reach another instance than the first."""

    def turn(self):
        call = {"name": "ask", "arguments": {}}
        first = self.wire.ask("tools/call", call)
        if first.get("resultType") != "input_required":
            raise Lost(f"it does not ask: {first}")
        answers = {key: {"action": "accept", "content": {"confirm": True}} for key in first["inputRequests"]}
        second = {**call, "inputResponses": answers, "requestState": first["requestState"]}
        outcome = self.wire.ask("tools/call", second)
        if outcome["content"][0]["text"] != "sure":
            raise Lost(f"{outcome}")


class Tasks(Client):
    """Starts a task, and polls it until it has an outcome."""

    def turn(self):
        begun = self.wire.ask("tools/call", {"name": "work", "arguments": {"steps": 5}})
        task = begun["taskId"]
        while True:
            time.sleep(0.1)
            try:
                now = self.wire.ask("tasks/get", {"taskId": task})
            except Refused as why:
                if time.time() - self.begun > 45:
                    raise
                # While the store is unavailable, the task is unknown on other instances.
                if "503" in str(why) or "store" in str(why):
                    continue
                raise
            if now["status"] == "completed":
                return
            if now["status"] == "failed":
                raise Lost(f"{now['error']}")


class Listening(Listener):
    """Listens to a resource, and reads it at the beginning of each stream."""

    def read(self):
        reader = Wire(self.wire.port, self.wire.host)
        return reader.ask("resources/read", {"uri": self.uri})["contents"][0]["text"]

    def listen(self):
        wanted = {"notifications": {"resourceSubscriptions": [self.uri]}}
        answer = self.wire.modern("subscriptions/listen", wanted, is_kept=False)
        for event in answer.events():
            method = event.message.get("method", "")
            if method.endswith("acknowledged"):
                self.is_listening.set()
                self.changed()
            elif method == "notifications/resources/updated":
                self.changed()
            elif "result" in event.message:
                return
        raise Lost("the stream has no end")
