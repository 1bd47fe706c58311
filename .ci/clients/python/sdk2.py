"""The Python SDK 2.x: its client in each mode, behind the interface of the checks."""

import warnings
from contextlib import asynccontextmanager

import anyio
import mcp_types as types
from events import Events, wire
from mcp import Client, MCPError, MCPDeprecationWarning, StdioServerParameters
from mcp.shared.subscriptions import event_to_notification

warnings.simplefilter("ignore", MCPDeprecationWarning)  # sessions use features that the newest revision removed

# The modes of connecting, each with the protocol revision that must be negotiated.
MODES = {
    "auto": "2026-07-28",
    "2026-07-28": "2026-07-28",
    "legacy": "2025-11-25",
}


class Peer:
    """A connected client; its methods return messages as they were on the wire."""

    def __init__(self, client, events):
        self.client, self.events = client, events
        self.version = client.protocol_version
        self.era = "modern" if self.version == "2026-07-28" else "legacy"
        self.server = client.server_info.name if client.server_info else None  # a pinned client sends no server/discover

    async def list(self, what):
        entries, cursor, self.pages = [], None, 0
        member = {"resource_templates": "resourceTemplates"}.get(what, what)
        while True:
            page = wire(await getattr(self.client, f"list_{what}")(cursor=cursor))
            entries += page[member]
            self.pages += 1
            cursor = page.get("nextCursor")
            if cursor is None:
                return entries

    async def call(self, tool, arguments=None, on_progress=None, meta=None):
        return wire(await self.client.call_tool(tool, arguments or {}, progress_callback=on_progress, meta=meta))

    async def call_with_log(self, tool):
        if self.era == "modern":
            return await self.call(tool, meta={types.LOG_LEVEL_META_KEY: "info"})
        await self.client.session.set_logging_level("info")
        return await self.call(tool)

    async def read(self, uri):
        return wire(await self.client.read_resource(uri))

    async def get_prompt(self, name, arguments=None):
        return wire(await self.client.get_prompt(name, arguments))

    async def complete(self, prompt, argument, value):
        ref = types.PromptReference(name=prompt)
        return wire(await self.client.complete(ref, {"name": argument, "value": value}))["completion"]

    async def error(self, call):
        """Returns the JSON-RPC error of `call`, or its result if it succeeds."""
        try:
            return await call
        except MCPError as error:
            return wire(error.error)

    @asynccontextmanager
    async def watching(self, uri):
        if self.era == "legacy":
            await self.client.session.subscribe_resource(uri)
            yield
            await self.client.session.unsubscribe_resource(uri)
            return

        async def forward(stream):
            async for event in stream:
                notification = wire(event_to_notification(event, {}))
                self.events.tell(notification["method"], notification.get("params"))

        wanted = dict(tools_list_changed=True, prompts_list_changed=True, resource_subscriptions=[uri])
        async with self.client.listen(**wanted) as stream, anyio.create_task_group() as tasks:
            self.events.told.clear()  # discards earlier notifications
            tasks.start_soon(forward, stream)
            yield
            tasks.cancel_scope.cancel()

    async def cancel(self, tool):
        """Calls `tool`, and cancels the call once it has reported progress."""

        async def report(*_):
            running.set()

        running = anyio.Event()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(lambda: self.call(tool, on_progress=report))
            await running.wait()
            tasks.cancel_scope.cancel()


@asynccontextmanager
async def connect(server, mode):
    events = Events()

    async def handle(message):
        if isinstance(message, types.ServerNotification):
            notification = wire(message)
            events.tell(notification["method"], notification.get("params"))

    async def elicit(_, params):
        return types.ElicitResult.model_validate(events.answer("elicitation/create", wire(params)))

    async def sample(_, params):
        return types.CreateMessageResult.model_validate(events.answer("sampling/createMessage", wire(params)))

    async def roots(_):
        return types.ListRootsResult.model_validate(events.answer("roots/list", {}))

    target = server if isinstance(server, str) else StdioServerParameters(**server)
    async with Client(
        target,
        mode=mode,
        read_timeout_seconds=30,
        elicitation_callback=elicit,
        sampling_callback=sample,
        list_roots_callback=roots,
        message_handler=handle,
    ) as client:
        yield Peer(client, events)
