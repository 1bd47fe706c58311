"""Three instances that share a Redis behind nginx or HAProxy, under a load of clients of both revisions: an instance is killed,
all are restarted one after the other, and, behind nginx, Redis is killed and comes back, first with what it held, then empty.

No call is lost but those in flight in the instance that is killed; every stream is resumed; every change is told; a limit
is exceeded by no more than is documented.
"""

import collections
import math
import sys
import time

from load import legacy, modern
from load.fleet import Fleet, Nginx
from load.tally import Tally

conf, program = sys.argv[1:3]
QUOTA, PERIOD, NUMBER = 40, 10, 3
SHARE = math.ceil(QUOTA / NUMBER)
# The maximum time until all state is shared again, after Redis is available.
RECOVERY = 5
# The messages for losses while Redis is unavailable, or because it restarts empty: streams read on another instance than
# the one that writes them, and sessions on an instance that has not seen them.
LOST_WITH_REDIS = ("the stream has ended without an answer", "the session is gone", "404 for")

KINDS = [
    *[modern.Caller] * 3,
    *[modern.Asked] * 2,
    *[modern.Tasks] * 2,
    *[modern.Listening] * 2,
    modern.Limited,
    *[legacy.Caller] * 3,
    *[legacy.Streamed] * 3,
    *[legacy.Asked] * 2,
    *[legacy.Listening] * 2,
]


class Run:
    def __init__(self, fleet):
        self.fleet, self.tally = fleet, Tally()
        self.clients = [kind(fleet.proxy.port, self.tally, number) for number, kind in enumerate(KINDS)]
        for client in self.clients:
            client.kind = f"{kind_of(client)}"
        self.killed_at, self.away = math.inf, []

    def say(self, what):
        print(f"{what}: {self.tally}; {len(self.tally.lost)} lost, {len(self.tally.refused)} refused", flush=True)

    def kill_one(self):
        instance = self.fleet.instances[1]
        self.killed_at = time.time()
        instance.kill()
        time.sleep(2)
        instance.start()
        time.sleep(1)
        self.say("kill -9")

    def restart_all(self):
        for instance in self.fleet.instances:
            code = instance.stop()
            assert code == 0, f"exit code {code}"
            instance.start()
            time.sleep(0.5)
        self.say("rolling restart")

    def restart_redis(self, keeps):
        begun = time.time()
        self.fleet.redis.kill()
        for instance in self.fleet.instances:
            instance.until_store(0)
        self.away_since = time.time()
        time.sleep(4)
        for instance in self.fleet.instances:
            assert instance.get("/ready")[0] == 200
            assert "degraded" in instance.get("/health")[1]
        back = time.time()
        self.fleet.redis.start(keeps)
        took = max(instance.until_store(1, RECOVERY) for instance in self.fleet.instances)
        self.away.append((begun, back, back + RECOVERY))
        time.sleep(RECOVERY)
        self.say(f"Redis away and back in {took:.1f} s, {'with what it held' if keeps else 'empty'}")

    def finish(self):
        for client in self.clients:
            client.stopping.set()
        end = max(time.time() + 10, self.killed_at + 45)
        for client in self.clients:
            client.join(max(0, end - time.time()))
            if client.is_alive():
                self.tally.lose(client.kind, client.number, client.begun, "it does not end")

    def was_away(self, loss):
        return any(begun - 1 <= loss.at and loss.begun <= end for begun, _, end in self.away)

    def was_killed(self, loss):
        return loss.begun <= self.killed_at + 0.1 and loss.at >= self.killed_at

    def check_losses(self):
        killed = [loss for loss in self.tally.lost if self.was_killed(loss)]
        away = [loss for loss in self.tally.lost if self.was_away(loss) and any(it in loss.why for it in LOST_WITH_REDIS)]
        others = [loss for loss in self.tally.lost if loss not in killed and loss not in away]
        others += [loss for loss in self.tally.refused if not self.was_away(loss) and not self.was_killed(loss)]
        assert not others, "\n".join(map(str, others[:20]))
        # One for each client at most.
        assert len({loss.client for loss in killed}) == len(killed), killed
        kinds = {client.kind for client in self.clients} - {"modern Limited"}
        idle = [kind for kind in kinds if self.tally.made[kind] < 5]
        assert not idle, f"these did next to nothing: {idle}"
        assert len(away) <= len(self.clients), away
        print(f"lost where the instance was killed: {len(killed)}")
        reasons = collections.Counter((loss.kind, loss.why[:90]) for loss in [*self.tally.refused, *away])
        for (kind, why), number in reasons.items():
            print(f"refused or lost while Redis was away: {number} {kind}: {why}")

    def check_limit(self, begun):
        """At most the limit, plus the share of one instance while Redis is unavailable."""
        for away, back, _ in self.away:
            admitted = self.tally.admitted_between(away, back)
            most = QUOTA * (1 + (back - away) / PERIOD) + SHARE
            print(f"limit while Redis was away: {admitted} of {most:.0f}")
            assert 0 < admitted <= most, (admitted, most)
        end = self.away[0][0] if self.away else time.time()
        admitted = self.tally.admitted_between(begun, end)
        most = QUOTA * (1 + (end - begun) / PERIOD)
        print(f"limit while Redis was there: {admitted} of {most:.0f}")
        assert 0 < admitted <= most + 1, (admitted, most)


def kind_of(client):
    module = type(client).__module__.rpartition(".")[2]
    return f"{module} {type(client).__name__}"


with Fleet(program, conf, NUMBER) as fleet:
    run = Run(fleet)
    begun = time.time()
    for client in run.clients:
        client.start()
    time.sleep(3)
    run.say("at rest")
    run.kill_one()
    run.restart_all()
    if isinstance(fleet.proxy, Nginx):
        run.restart_redis(keeps=True)
        run.restart_redis(keeps=False)
    run.finish()
    run.say("in the end")
    run.check_losses()
    run.check_limit(begun)
    resumed = ", ".join(f"{number} {kind}" for kind, number in sorted(run.tally.resumed.items()))
    print(f"streams that were resumed: {resumed}")
