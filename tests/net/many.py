"""Sends many echo requests as raw frames, some of them at a time on the way, and prints how many were answered how often.

usage: many.py INTERFACE MAC PEER-MAC ADDRESS PEER-ADDRESS COUNT WINDOW

"10000 once" is what should come; otherwise there are also "3 never" and "2 twice or more".
"""

import socket
import struct
import sys
import time

from frames import ETH_P_ALL, ICMP_ID, make_frame

PATIENCE_S = 3


def read_seq(sock, peer_mac):
    """The sequence number of a reply of ours, else None."""
    frame, origin = sock.recvfrom(65536)
    if origin[2] == socket.PACKET_OUTGOING or frame[6:12] != peer_mac or frame[12:14] != b"\x08\x00" or frame[23] != 1:
        return None
    kind, _, _, ident, seq = struct.unpack("!BBHHH", frame[34:42])
    return seq if kind == 0 and ident == ICMP_ID else None


def main():
    interface, mac, peer_mac, address, peer_address, count, window = sys.argv[1:]
    ends = (bytes.fromhex(mac.replace(":", "")), bytes.fromhex(peer_mac.replace(":", "")), socket.inet_aton(address),
            socket.inet_aton(peer_address))
    count, window = int(count), int(window)
    times = [0] * count
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    sock.bind((interface, 0))
    sock.settimeout(0.2)
    frames = [make_frame(ends, 8, "", seq) for seq in range(count)]
    sent = got = 0
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        while sent < count and sent - got < window:
            sock.send(frames[sent])
            sent += 1
        try:
            seq = read_seq(sock, ends[1])
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
