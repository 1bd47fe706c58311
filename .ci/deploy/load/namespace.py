"""A network namespace for one instance, whose connection to Redis can be cut; needs root."""

import os
import subprocess


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True)


def is_permitted():
    """Returns true if this process may create namespaces and filter packets in them."""
    with open("/proc/self/status") as status:
        effective = next(line.split()[1] for line in status if line.startswith("CapEff"))
    net_admin, sys_admin = 1 << 12, 1 << 21
    return all(int(effective, 16) & it for it in (net_admin, sys_admin))


class Namespace:
    """`outside` is the address of this machine in it, `inside` that of the instance."""

    def __init__(self, number):
        number = (os.getpid() + number) % 250
        self.name, self.pair = f"mcp-{number}", (f"mcp{number}a", f"mcp{number}b")
        self.outside, self.inside = f"10.231.{number}.1", f"10.231.{number}.2"

    def __enter__(self):
        here, there = self.pair
        run("ip", "netns", "add", self.name)
        run("ip", "link", "add", here, "type", "veth", "peer", "name", there, "netns", self.name)
        run("ip", "address", "add", f"{self.outside}/30", "dev", here)
        run("ip", "link", "set", here, "up")
        self.within("ip", "address", "add", f"{self.inside}/30", "dev", there)
        self.within("ip", "link", "set", there, "up")
        self.within("ip", "link", "set", "lo", "up")
        return self

    def __exit__(self, *_):
        run("ip", "netns", "delete", self.name)

    def within(self, *command):
        return run("ip", "netns", "exec", self.name, *command)

    def cut(self, port, is_silent):
        """Drops packets to and from this port silently, or resets connections to it."""
        if is_silent:
            self.within("iptables", "-A", "INPUT", "-p", "tcp", "--sport", str(port), "-j", "DROP")
            target = ["DROP"]
        else:
            target = ["REJECT", "--reject-with", "tcp-reset"]
        self.within("iptables", "-A", "OUTPUT", "-p", "tcp", "--dport", str(port), "-j", *target)

    def heal(self):
        self.within("iptables", "-F")
