"""Clients of pongd's control socket that behave as none should.

usage: control.py SOCKET two|garbage|half|huge|deaf

Exits with 0 if pongd did with them what it ought to.
"""

import json
import random
import socket
import sys

LINE_MOST = 1 << 20


class Client:
    """A connection, line by line; nothing takes longer than ten seconds."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(10)
        self.socket.connect(path)
        self.file = self.socket.makefile("rb")

    def send(self, data):
        self.socket.sendall(data)

    def answer(self):
        return json.loads(self.file.readline())

    def has_ended(self):
        try:
            return self.file.read() == b""
        except ConnectionResetError:
            return True


def two(path):
    """Two at a time, one of which is in the middle of a line."""
    first, second = Client(path), Client(path)
    first.send(b"sta")
    second.send(b"stats\nhelp\n")
    assert "stats" in second.answer() and "commands" in second.answer()
    first.send(b"ts\n")
    assert "stats" in first.answer()


def garbage(path):
    """Any bytes: an error for each line that is none."""
    source = random.Random(1)
    client = Client(path)
    for _ in range(200):
        line = bytes(source.randrange(256) for _ in range(source.randrange(1, 400))).replace(b"\n", b"")
        client.send(b"x" + line + b"\n")
        answer = client.answer()
        assert answer["ok"] is False and answer["error"], answer


def half(path):
    """Half a line and then the end: nothing is done."""
    client = Client(path)
    client.send(b"stats\nquit")
    client.socket.shutdown(socket.SHUT_WR)
    assert "stats" in client.answer()
    assert client.has_ended()


def huge(path):
    """A line that is too long, and one after it."""
    client = Client(path)
    client.send(b"x" * (3 * LINE_MOST) + b"\nstats\n")
    answer = client.answer()
    assert answer["ok"] is False and str(LINE_MOST) in answer["error"], answer
    assert "stats" in client.answer()


def deaf(path):
    """Many commands, and no answer is ever read."""
    client = Client(path)
    try:
        for _ in range(1000):
            client.send(b"help\n" * 1000)
    except (BrokenPipeError, ConnectionResetError):
        return
    raise AssertionError("pongd keeps any number of answers")


if __name__ == "__main__":
    {call.__name__: call for call in (two, garbage, half, huge, deaf)}[sys.argv[2]](sys.argv[1])
