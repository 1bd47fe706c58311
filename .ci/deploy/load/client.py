"""A client that repeats one exchange in a separate thread."""

import http.client
import threading
import time

from .wire import Lost, Refused, Wire


class Client(threading.Thread):
    """One turn is one call, or one exchange that has an end; `turn` raises `Lost` or `Refused` if it has none."""

    pause = 0.02

    def __init__(self, port, tally, number, host="127.0.0.1"):
        super().__init__(daemon=True)
        self.wire, self.tally, self.number = Wire(port, host), tally, number
        self.kind = type(self).__name__
        self.stopping = threading.Event()
        self.begun, self.turns = None, 0

    def run(self):
        while not self.stopping.is_set():
            self.begun, self.turns = time.time(), self.turns + 1
            try:
                self.turn()
                self.tally.make(self.kind)
            except Refused as why:
                self.tally.refuse(self.kind, self.number, self.begun, str(why))
                self.stopping.wait(0.3)
            except (Lost, OSError, http.client.HTTPException) as why:
                self.wire.kept = None
                self.tally.lose(self.kind, self.number, self.begun, repr(why))
            self.stopping.wait(self.pause)

    def turn(self):
        raise NotImplementedError


class Listener(Client):
    """Changes a counter, and waits until its own stream has notified it, so that it has read the new count.

    `listen` reads one stream to its end, and calls `changed` for each notification.
    """

    # Nothing may take longer: a stream that is resumed, and a store that is unavailable for a few seconds in between.
    patience = 25
    pause = 0.1

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.name_of_row = f"{self.kind}{self.number}"
        self.uri = f"counter://{self.name_of_row}"
        self.writer = Wire(self.wire.port, self.wire.host)
        self.seen, self.told = 0, threading.Condition()
        self.is_listening = threading.Event()

    def run(self):
        threading.Thread(target=self.listen_on, daemon=True).start()
        self.is_listening.wait(20)
        super().run()

    def listen_on(self):
        while not self.stopping.is_set():
            try:
                self.listen()
                self.tally.resume(self.kind)
            except (Lost, Refused, OSError, http.client.HTTPException) as why:
                self.last_trouble = repr(why)
                time.sleep(0.2)

    def turn(self):
        try:
            count = int(self.writer.call("bump", {"name": self.name_of_row}))
        except (OSError, http.client.HTTPException):
            # It may have happened: the next change notifies of it as well.
            self.writer.kept = None
            return
        with self.told:
            if not self.told.wait_for(lambda: self.seen >= count, self.patience):
                raise Lost(f"count {count} was not told, {self.seen} was; {getattr(self, 'last_trouble', '')}")

    def changed(self):
        """Reads the count, as a client does after a notification."""
        count = int(self.read())
        with self.told:
            self.seen = max(self.seen, count)
            self.told.notify_all()
