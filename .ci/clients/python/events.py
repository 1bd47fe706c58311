"""Records the notifications and requests to a client, and responds: the same in both versions of the SDK."""

import anyio

ROOTS = [{"uri": "file:///test/root", "name": "Test Root"}]
FORM = {"username": "ada", "email": "ada@example.com", "name": "Ada", "confirm": True, "ok": True}


def wire(message):
    """Returns a message of the SDK in its form on the wire."""
    return message.model_dump(mode="json", by_alias=True, exclude_none=True)


class Events:
    """Notifications as (method, params) in `told`, requests of the server in `asked`."""

    def __init__(self):
        self.told = []
        self.asked = []

    def tell(self, method, params=None):
        self.told.append((method, params or {}))

    async def wait_for(self, method, seconds=5):
        """Returns the params of the first notification of this method; `None` if it does not arrive."""
        with anyio.move_on_after(seconds):
            while True:
                for told, params in self.told:
                    if told == method:
                        return params
                await anyio.sleep(0.01)

    def answer(self, method, params):
        """Returns the response of the user, the model or the host to a request of the server."""
        self.asked.append((method, params))
        if method == "elicitation/create":
            fields = params["requestedSchema"]["properties"]
            return {"action": "accept", "content": {field: FORM.get(field, "Ada") for field in fields}}
        if method == "sampling/createMessage":
            content = {"type": "text", "text": "Paris"}
            return {"role": "assistant", "content": content, "model": "test-model", "stopReason": "endTurn"}
        return {"roots": ROOTS}
