#!/usr/bin/env python3
"""Join a device in this network namespace and one in another, as two switches and a trunk would.

usage: trunk.py PID KIND [FILE]

Makes cl0 here and sv0 in the network namespace of process PID, and carries frames between them until
it is ended. KIND says how a frame looks on the trunk:

    tun       two TUN devices; bare IP packets, carried as they are
    dot1q     two TAP devices; one 802.1Q tag, VID 10, priority (PCP) 5
    priority  two TAP devices; a priority tag: VID 0, priority 3
    qinq      two TAP devices; an 802.1ad tag, VID 100, around an 802.1Q tag, VID 10

With FILE, each frame is written to it as it is on the trunk: tagged. Neither host sees a tag; the
hosts are on access ports. Multicast listener reports, which a kernel sends when it likes, are carried
but not written.
"""

import ctypes
import fcntl
import os
import select
import signal
import struct
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_TAP, IFF_NO_PI = 0x0001, 0x0002, 0x1000
CLONE_NEWNET = 0x40000000
LINKTYPE_ETHERNET = 1

# A tag goes between the source address and the EtherType: 16 bits TPID, then 3 bits PCP, 1 bit DEI
# and 12 bits VID (IEEE 802.1Q, 9.6).
TAGS = {
    "tun": b"",
    "dot1q": struct.pack("!HH", 0x8100, 5 << 13 | 10),
    "priority": struct.pack("!HH", 0x8100, 3 << 13 | 0),
    "qinq": struct.pack("!HHHH", 0x88A8, 100, 0x8100, 10),
}


def open_device(name, flags):
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", name.encode(), flags | IFF_NO_PI))
    return fd


def enter_net_namespace(pid):
    libc = ctypes.CDLL(None, use_errno=True)
    fd = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY)
    if libc.setns(fd, CLONE_NEWNET) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    os.close(fd)


def is_listener_report(frame):
    """True for IPv6 with a hop-by-hop header, which is what MLD reports have (RFC 3810, 5)."""
    return frame[12:14] == b"\x86\xdd" and frame[20] == 0


class Savefile:
    """A classic pcap file, microseconds, in this host's byte order."""

    def __init__(self, path):
        self.file = open(path, "wb", buffering=0)
        self.file.write(struct.pack("=IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, LINKTYPE_ETHERNET))

    def write(self, frame):
        now_us = time.time_ns() // 1000
        header = struct.pack("=IIII", now_us // 1000000, now_us % 1000000, len(frame), len(frame))
        self.file.write(header + frame)


def main():
    if len(sys.argv) not in (3, 4) or sys.argv[2] not in TAGS:
        sys.exit(__doc__)
    pid, kind = sys.argv[1:3]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    tag = TAGS[kind]
    flags = IFF_TUN if kind == "tun" else IFF_TAP
    savefile = Savefile(sys.argv[3]) if len(sys.argv) == 4 else None

    client = open_device("cl0", flags)
    enter_net_namespace(pid)
    server = open_device("sv0", flags)
    far_end = {client: server, server: client}

    while True:
        for fd in select.select([client, server], [], [])[0]:
            frame = os.read(fd, 65536)
            on_trunk = frame[:12] + tag + frame[12:]
            if savefile and not is_listener_report(frame):
                savefile.write(on_trunk)
            # The far switch takes the tag off again and hands the frame to its access port.
            untagged = on_trunk[:12] + on_trunk[12 + len(tag):]
            try:
                os.write(far_end[fd], untagged)
            except OSError:
                pass  # the far device is not up yet: the frame is lost, as on a dead port


if __name__ == "__main__":
    main()
