"""A scripted model behind the three APIs that the hosts speak: Anthropic's Messages, OpenAI's Responses and Gemini's.

    model.py <tool> <arguments as JSON>

Prints its port. Calls the offered tool whose name ends in <tool> once, then ends its turn with `MODEL READ: ` and the
result of the call, so that the host prints it.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOOL, ARGUMENTS = sys.argv[1], json.loads(sys.argv[2])


def offered(names):
    """Returns the name under which the host offers the tool, if it does."""
    return next((name for name in names if name == TOOL or name.endswith(f"_{TOOL}")), None)


class Messages:
    """POST /v1/messages (Anthropic)."""

    @staticmethod
    def result(request):
        for message in request["messages"]:
            for block in message["content"] if isinstance(message["content"], list) else []:
                if block["type"] == "tool_result":
                    return json.dumps(block["content"])
        return None

    @staticmethod
    def names(request):
        return [tool.get("name", "") for tool in request.get("tools", [])]

    @staticmethod
    def events(text, tool):
        block = {"type": "tool_use", "id": "toolu_1", "name": tool, "input": {}} if tool else {"type": "text", "text": ""}
        delta = (
            {"type": "input_json_delta", "partial_json": json.dumps(ARGUMENTS)}
            if tool
            else {"type": "text_delta", "text": text}
        )
        usage = {"input_tokens": 1, "output_tokens": 1}
        message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "scripted", "content": []}
        message |= {"stop_reason": None, "stop_sequence": None, "usage": usage}
        stop = {"stop_reason": "tool_use" if tool else "end_turn", "stop_sequence": None}
        yield {"type": "message_start", "message": message}
        yield {"type": "content_block_start", "index": 0, "content_block": block}
        yield {"type": "content_block_delta", "index": 0, "delta": delta}
        yield {"type": "content_block_stop", "index": 0}
        yield {"type": "message_delta", "delta": stop, "usage": usage}
        yield {"type": "message_stop"}


class Responses:
    """POST /v1/responses (OpenAI)."""

    @staticmethod
    def result(request):
        for item in request["input"]:
            if item.get("type") == "function_call_output":
                return json.dumps(item["output"])
        return None

    @staticmethod
    def names(request):
        for tool in request.get("tools", []):
            if tool.get("type") == "namespace":
                yield from ((tool["name"], member["name"]) for member in tool["tools"])
            else:
                yield tool.get("name", "")

    @staticmethod
    def events(text, tool):
        if tool:
            space, name = tool if isinstance(tool, tuple) else (None, tool)
            item = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": name}
            item |= {"arguments": json.dumps(ARGUMENTS)} | ({"namespace": space} if space else {})
        else:
            content = [{"type": "output_text", "text": text, "annotations": []}]
            item = {"type": "message", "id": "msg_1", "role": "assistant", "content": content}
        usage = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
        usage |= {"input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}}
        yield {"type": "response.created", "response": {"id": "resp_1"}}
        yield {"type": "response.output_item.done", "output_index": 0, "item": item}
        yield {"type": "response.completed", "response": {"id": "resp_1", "usage": usage}}


class Gemini:
    """POST /v1beta/models/<model>:streamGenerateContent."""

    @staticmethod
    def result(request):
        for content in request["contents"]:
            for part in content["parts"]:
                if "functionResponse" in part:
                    return json.dumps(part["functionResponse"]["response"])
        return None

    @staticmethod
    def names(request):
        tools = request.get("tools", [])
        return [one["name"] for tool in tools for one in tool.get("functionDeclarations", [])]

    @staticmethod
    def events(text, tool):
        part = {"functionCall": {"name": tool, "args": ARGUMENTS}} if tool else {"text": text}
        usage = {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2}
        candidate = {"content": {"role": "model", "parts": [part]}, "finishReason": "STOP", "index": 0}
        yield {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "scripted"}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        path = self.path.partition("?")[0]
        if path.endswith("/messages"):
            self.turn(Messages, request)
        elif path.endswith("/responses"):
            self.turn(Responses, request)
        elif path.endswith(":streamGenerateContent"):
            self.turn(Gemini, request)
        elif path.endswith(":generateContent"):
            self.reply(json.dumps(next(Gemini.events("{}", None))), "application/json")
        elif path.endswith("/count_tokens") or path.endswith(":countTokens"):
            self.reply('{"input_tokens":1,"totalTokens":1}', "application/json")
        else:
            self.reply("{}", "application/json")

    def do_GET(self):
        self.reply('{"data":[],"models":[]}', "application/json")

    def turn(self, api, request):
        """Returns one turn of the model: the call, or its result."""
        names = list(api.names(request))
        whole = {name: "_".join(name) if isinstance(name, tuple) else name for name in names}
        tool = next((name for name in names if offered([whole[name]])), None)
        result = api.result(request)
        call = tool if result is None else None
        text = f"MODEL READ: {result}" if result else f"MODEL WAS OFFERED: {sorted(whole.values())}"
        events = api.events(text, call)
        lines = [
            (f"event: {event['type']}\n" if "type" in event else "") + f"data: {json.dumps(event)}\n\n" for event in events
        ]
        self.reply("".join(lines), "text/event-stream")

    def reply(self, text, media_type):
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
