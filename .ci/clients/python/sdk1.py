"""The Python SDK 1.x: a session of its latest revision, behind the interface of the checks."""

from contextlib import asynccontextmanager
from datetime import timedelta

import anyio
from events import Events, wire
from mcp import ClientSession, McpError, StdioServerParameters, types
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from pydantic import AnyUrl

# The modes of connecting, each with the protocol revision that must be negotiated.
MODES = {"legacy": "2025-11-25"}


class Peer:
    """A connected client; its methods return messages as they were on the wire."""

    era = "legacy"

    def __init__(self, session, events, version, server):
        self.session, self.events, self.version, self.server = session, events, version, server

    async def list(self, what):
        entries, cursor, self.pages = [], None, 0
        member = {"resource_templates": "resourceTemplates"}.get(what, what)
        while True:
            params = types.PaginatedRequestParams(cursor=cursor) if cursor else None
            page = wire(await getattr(self.session, f"list_{what}")(params=params))
            entries += page[member]
            self.pages += 1
            cursor = page.get("nextCursor")
            if cursor is None:
                return entries

    async def call(self, tool, arguments=None, on_progress=None):
        return wire(await self.session.call_tool(tool, arguments or {}, progress_callback=on_progress))

    async def call_with_log(self, tool):
        await self.session.set_logging_level("info")
        return await self.call(tool)

    async def read(self, uri):
        return wire(await self.session.read_resource(AnyUrl(uri)))

    async def get_prompt(self, name, arguments=None):
        return wire(await self.session.get_prompt(name, arguments))

    async def complete(self, prompt, argument, value):
        ref = types.PromptReference(type="ref/prompt", name=prompt)
        return wire(await self.session.complete(ref, {"name": argument, "value": value}))["completion"]

    async def error(self, call):
        """Returns the JSON-RPC error of `call`, or its result if it succeeds."""
        try:
            return await call
        except McpError as error:
            return wire(error.error)

    @asynccontextmanager
    async def watching(self, uri):
        await self.session.subscribe_resource(AnyUrl(uri))
        yield
        await self.session.unsubscribe_resource(AnyUrl(uri))

    async def cancel(self, tool):
        """Calls `tool`, and cancels the call once it has reported progress."""

        async def report(*_):
            running.set()

        running = anyio.Event()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(lambda: self.error(self.call(tool, on_progress=report)))
            await running.wait()
            # This SDK sends no notifications/cancelled of its own; its progress tokens are the ids of the requests.
            token = (await self.events.wait_for("notifications/progress"))["progressToken"]
            params = types.CancelledNotificationParams(requestId=token)
            await self.session.send_notification(types.ClientNotification(types.CancelledNotification(params=params)))
            tasks.cancel_scope.cancel()


@asynccontextmanager
async def connect(server, mode):
    events = Events()

    async def handle(message):
        if isinstance(message, types.ServerNotification):
            events.tell(message.root.method, wire(message.root).get("params"))

    async def elicit(_, params):
        return types.ElicitResult.model_validate(events.answer("elicitation/create", wire(params)))

    async def sample(_, params):
        return types.CreateMessageResult.model_validate(events.answer("sampling/createMessage", wire(params)))

    async def roots(_):
        return types.ListRootsResult.model_validate(events.answer("roots/list", {}))

    http = isinstance(server, str)
    transport = streamable_http_client(server) if http else stdio_client(StdioServerParameters(**server))
    async with transport as (reads, writes, *_), ClientSession(
        reads,
        writes,
        read_timeout_seconds=timedelta(seconds=30),
        elicitation_callback=elicit,
        sampling_callback=sample,
        list_roots_callback=roots,
        message_handler=handle,
    ) as session:
        hello = await session.initialize()
        yield Peer(session, events, hello.protocolVersion, hello.serverInfo.name)
