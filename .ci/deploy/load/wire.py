"""HTTP to one address, and the event streams of its responses."""

import http.client
import json
import time

VERSION = "2026-07-28"
# A stream has a comment every 15 s.
SILENCE = 20


class Lost(Exception):
    """A call has no response, or a wrong one."""


class Refused(Exception):
    """The server has refused a call before running it."""


class Event:
    def __init__(self, identifier, message):
        self.id, self.message = identifier, message


class Answer:
    """A response: one JSON message, or an event stream that is read as it arrives."""

    def __init__(self, connection, response):
        self.connection, self.response = connection, response
        self.status = response.status
        self.session = response.headers.get("Mcp-Session-Id")
        self.is_stream = (response.headers.get("Content-Type") or "").startswith("text/event-stream")

    def events(self):
        """The events, until the stream ends; one without data has no message."""
        identifier, data = None, None
        while line := self.response.readline():
            text = line.decode().rstrip("\r\n")
            if text.startswith("id:"):
                identifier = text[3:].strip()
            elif text.startswith("data:"):
                data = text[5:].strip()
            elif not text and data is not None:
                yield Event(identifier, json.loads(data) if data else None)
                data = None

    def text(self):
        return self.response.read().decode()

    def message(self):
        """Returns the response message, from either form."""
        if not self.is_stream:
            text = self.text()
            try:
                return json.loads(text)
            except ValueError:
                raise Lost(f"{self.status} {text[:200]}") from None
        for event in self.events():
            if event.message and ("result" in event.message or "error" in event.message):
                return event.message
        raise Lost("the stream has ended without an answer")

    def close(self):
        self.connection.close()


class Wire:
    """One connection at a time to one address."""

    def __init__(self, port, host="127.0.0.1"):
        self.host, self.port, self.kept = host, port, None

    def send(self, method, headers, body=None, is_kept=True):
        connection = (self.kept if is_kept else None) or http.client.HTTPConnection(self.host, self.port, timeout=SILENCE)
        if is_kept:
            self.kept = None
        connection.request(method, "/mcp", body, headers)
        answer = Answer(connection, connection.getresponse())
        if answer.status == 503:
            # Nginx has tried the other instances already.
            text = answer.text()
            connection.close()
            raise Refused(f"503 {text[:200]}")
        return answer

    def keep(self, answer):
        """Reuses the connection of a response that was read to its end."""
        if answer.response.isclosed():
            self.kept = answer.connection

    def post(self, message, headers, is_kept=True):
        headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream", **headers}
        return self.send("POST", headers, json.dumps(message), is_kept)

    def modern(self, method, params, number=1, name=None, is_kept=True):
        """Sends a request of the current revision; returns its response."""
        meta = {
            "io.modelcontextprotocol/protocolVersion": VERSION,
            "io.modelcontextprotocol/clientCapabilities": {
                "elicitation": {"form": {}},
                "extensions": {"io.modelcontextprotocol/tasks": {}},
            },
        }
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": {**params, "_meta": meta}}
        headers = {"MCP-Protocol-Version": VERSION, "Mcp-Method": method}
        name = name or params.get("name") or params.get("uri") or params.get("taskId")
        if name:
            headers["Mcp-Name"] = name
        return self.post(message, headers, is_kept)

    def ask(self, method, params, number=1):
        """Sends a request of the current revision; returns its result."""
        answer = self.modern(method, params, number)
        message = answer.message()
        self.keep(answer)
        return result(message)

    def call(self, tool, arguments):
        """Calls a tool; returns its text."""
        return text(self.ask("tools/call", {"name": tool, "arguments": arguments}))


def result(message):
    if "result" not in message:
        raise Refused(json.dumps(message)[:300])
    return message["result"]


def text(outcome):
    content = (outcome.get("content") or [{}])[0].get("text", "")
    if outcome.get("isError"):
        raise Refused(content)
    return content


def within(seconds):
    """Yields until the time is over."""
    end = time.time() + seconds
    while time.time() < end:
        yield
