"""Clients of revision 2025-11-25, with sessions and resumed streams."""

import http.client
import time

from .client import Client, Listener
from .wire import Lost, Refused, Wire, result, text

VERSION = "2025-11-25"


class Session:
    """A session, whose requests may go to any instance."""

    def __init__(self, wire):
        self.wire, self.id, self.number = wire, None, 0
        params = {
            "protocolVersion": VERSION,
            "capabilities": {"elicitation": {}},
            "clientInfo": {"name": "load", "version": "1"},
        }
        answer = wire.post(self.message("initialize", params), {})
        result(answer.message())
        wire.keep(answer)
        self.id = answer.session
        self.notify({"method": "notifications/initialized"})

    def message(self, method, params):
        self.number += 1
        return {"jsonrpc": "2.0", "id": self.number, "method": method, "params": params}

    @property
    def headers(self):
        return {"Mcp-Session-Id": self.id, "MCP-Protocol-Version": VERSION} if self.id else {}

    def notify(self, message):
        """Sends a message without a response: a notification, or the response to an input request."""
        answer = Wire(self.wire.port, self.wire.host).post({"jsonrpc": "2.0", **message}, self.headers)
        if answer.status != 202:
            raise Lost(f"{answer.status} for {message}: {answer.text()[:200]}")
        answer.close()

    def begin(self, method, params, is_kept=True):
        """Sends a request; returns the response, unread."""
        answer = self.wire.post(self.message(method, params), self.headers, is_kept)
        if answer.status == 404:
            raise Lost("the session is gone")
        return answer

    def ask(self, method, params):
        answer = self.begin(method, params)
        message = answer.message()
        self.wire.keep(answer)
        return result(message)

    def listen(self, after=None):
        """Opens the session's own stream, or resumes a stream after an event."""
        headers = {**self.headers, "Accept": "text/event-stream"}
        if after:
            headers["Last-Event-ID"] = after
        answer = self.wire.send("GET", headers, is_kept=False)
        if answer.status != 200:
            raise (Lost if answer.status == 404 else Refused)(f"{answer.status} for GET: {answer.text()[:200]}")
        return answer


class Sessioned(Client):
    """A client with one session for all of its rounds."""

    session = None

    def turn(self):
        self.session = self.session or Session(self.wire)
        try:
            self.exchange()
        except Lost as why:
            if "session is gone" in str(why):
                self.session = None
            raise

    def exchange(self):
        raise NotImplementedError


class Caller(Sessioned):
    def exchange(self):
        answer = text(self.session.ask("tools/call", {"name": "add", "arguments": {"a": self.turns, "b": 1}}))
        if answer != str(self.turns + 1):
            raise Lost(answer)


class Streamed(Sessioned):
    """Reads the stream of a call, and resumes it wherever it ends before the response."""

    tool, arguments = "steps", {"steps": 8}
    # The number of events after which it closes the stream itself.
    leaves_after = 4

    def exchange(self):
        params = {"name": self.tool, "arguments": self.arguments, "_meta": {"progressToken": self.turns}}
        answer = self.session.begin("tools/call", params, is_kept=False)
        self.last, self.steps, self.is_answered, self.empty = None, [], False, 0
        while not self.is_answered:
            try:
                self.read(answer)
            except (OSError, http.client.HTTPException):
                pass
            answer.close()
            if not self.is_answered:
                if not self.last:
                    raise Lost("the stream has ended before its first event")
                answer = self.come_back()
        self.check()

    def come_back(self):
        """Resumes the stream; an instance that does not know it, because the store is unavailable or was emptied, refuses it."""
        if time.time() - self.begun > 60:
            raise Lost("no answer within 60 s")
        answer = self.session.listen(self.last)
        self.tally.resume(self.kind)
        return answer

    def read(self, answer):
        came = 0
        for event in answer.events():
            self.last = event.id
            if event.message is None:
                continue
            self.heard(event.message)
            came += 1
            if self.is_answered or (came == self.leaves_after and not self.has_left()):
                return
        # The stream ends when the instance that serves it stops, or when the instance that writes it is gone.
        self.empty = 0 if came else self.empty + 1
        if self.empty == 3:
            raise Lost("the stream has ended without an answer")
        if self.empty:
            time.sleep(0.5)

    def has_left(self):
        left, self.left_in = getattr(self, "left_in", 0) == self.turns, self.turns
        return left

    def heard(self, message):
        if "method" in message:
            self.steps.append(message["params"]["progress"])
        else:
            text(result(message))
            self.is_answered = True

    def check(self):
        if self.steps != list(range(1, self.arguments["steps"] + 1)):
            raise Lost(f"steps {self.steps}")


class Asked(Streamed):
    """Responds to an input request, which arrives on the stream of the call."""

    tool, arguments, leaves_after = "ask", {}, 0

    def heard(self, message):
        if message.get("method") == "elicitation/create":
            answer = {"action": "accept", "content": {"confirm": True}}
            self.session.notify({"id": message["id"], "result": answer})
        elif "id" in message:
            outcome = text(result(message))
            self.is_answered = True
            if outcome != "sure":
                raise Lost(outcome)

    def check(self):
        pass


class Listening(Listener):
    """Subscribes once, and listens to the session's own stream, which it reopens wherever it ends."""

    session, last = None, None

    def read(self):
        reader = Wire(self.wire.port, self.wire.host)
        message = {"jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": {"uri": self.uri}}
        answer = reader.post(message, self.session.headers)
        return result(answer.message())["contents"][0]["text"]

    def listen(self):
        if not self.session:
            session = Session(Wire(self.wire.port, self.wire.host))
            session.ask("resources/subscribe", {"uri": self.uri})
            self.session = session
        answer = self.session.listen(self.last)
        self.is_listening.set()
        for event in answer.events():
            self.last = event.id or self.last
            if event.message and event.message["method"] == "notifications/resources/updated":
                self.changed()
