"""Sends many echo requests as raw frames, some of them at a time on the way, and prints how many were answered how often.

usage: many.py INTERFACE MAC PEER-MAC ADDRESS PEER-ADDRESS COUNT WINDOW [SOURCES]

With SOURCES they come from so many addresses in turn, ADDRESS the first of them.

"10000 once" is what should come; otherwise there are also "3 never" and "2 twice or more".
"""

import os
import socket
import struct
import sys
import time

from frames import ETH_P_ALL, ICMP_ID, make_frame

PATIENCE_S = float(os.environ.get("MANY_PATIENCE_S", "3"))  # without any reply


def read_seq(sock, peer_mac):
    """The sequence number of a reply of ours, else None."""
    frame, origin = sock.recvfrom(65536)
    if origin[2] == socket.PACKET_OUTGOING or frame[6:12] != peer_mac or frame[12:14] != b"\x08\x00" or frame[23] != 1:
        return None
    kind, _, _, ident, seq = struct.unpack("!BBHHH", frame[34:42])
    return seq if kind == 0 and ident == ICMP_ID else None


def main():
    interface, mac, peer_mac, address, peer_address, count, window = sys.argv[1:8]
    mac, peer_mac = (bytes.fromhex(text.replace(":", "")) for text in (mac, peer_mac))
    first = int.from_bytes(socket.inet_aton(address), "big")
    ends = [(mac, peer_mac, (first + i).to_bytes(4, "big"), socket.inet_aton(peer_address))
            for i in range(int(sys.argv[8]) if len(sys.argv) > 8 else 1)]
    count, window = int(count), int(window)
    times = [0] * count
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    sock.bind((interface, 0))
    sock.settimeout(0.2)
    frames = [make_frame(ends[seq % len(ends)], 8, "", seq) for seq in range(count)]
    sent = got = 0
    print("sending", file=sys.stderr, flush=True)
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        while sent < count and sent - got < window:
            sock.send(frames[sent])
            sent += 1
        try:
            seq = read_seq(sock, peer_mac)
        except socket.timeout:
            if got >= count:
                break  # and nothing has come since
            continue
        if seq is not None:
            times[seq] += 1
            got += 1
            end = time.monotonic() + PATIENCE_S
    told = [(times.count(1), "once"), (times.count(0), "never"), (sum(n > 1 for n in times), "twice or more")]
    print(", ".join("%d %s" % pair for pair in told if pair[0]))


main()
