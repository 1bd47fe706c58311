"""Counts the exchanges of the clients, and their outcomes."""

import collections
import threading
import time

Loss = collections.namedtuple("Loss", "kind client begun at why")


class Tally:
    def __init__(self):
        self.lock = threading.Lock()
        self.made = collections.Counter()
        self.resumed = collections.Counter()
        self.lost, self.refused, self.admitted = [], [], []

    def make(self, kind):
        with self.lock:
            self.made[kind] += 1

    def resume(self, kind):
        with self.lock:
            self.resumed[kind] += 1

    def lose(self, kind, client, begun, why):
        with self.lock:
            self.lost.append(Loss(kind, client, begun, time.time(), why))

    def refuse(self, kind, client, begun, why):
        with self.lock:
            self.refused.append(Loss(kind, client, begun, time.time(), why))

    def admit(self):
        with self.lock:
            self.admitted.append(time.time())

    def admitted_between(self, begin, end):
        with self.lock:
            return sum(begin <= at < end for at in self.admitted)

    def __str__(self):
        with self.lock:
            return ", ".join(f"{number} {kind}" for kind, number in sorted(self.made.items()))
