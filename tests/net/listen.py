"""Listens at a datagram socket as a log daemon or a service manager does, and writes what comes to a file, each datagram a line.

usage: listen.py SOCKET FILE; SOCKET is a path, or a name behind "@".  FILE is there once it listens."""

import os
import socket
import sys

name, path = sys.argv[1:]
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
if name[0] == "@":
    listener.bind("\0" + name[1:])
else:
    if os.path.exists(name):
        os.unlink(name)
    listener.bind(name)
    os.chmod(name, 0o666)
with open(path, "ab", buffering=0) as file:
    while True:
        file.write(listener.recv(65536).rstrip(b"\n").replace(b"\n", b" ") + b"\n")
