"""Sends ICMP messages as raw frames, with VLAN tags where asked to, and prints what comes back as TYPE[@VLAN] SEQ.

usage: frames.py INTERFACE MAC PEER-MAC ADDRESS PEER-ADDRESS TYPE[@VLAN]...

The first message has sequence number 1, and so on.  An untagged echo request goes last: its reply, which is not
printed, says that all before it have had theirs.
"""

import socket
import struct
import sys
import time

ETH_P_ALL = 3
SOL_PACKET = 263
PACKET_AUXDATA = 8
TP_STATUS_VLAN_VALID = 0x10
ICMP_ID = 4242
PATIENCE_S = 3


def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def with_checksum(header, at, rest=b""):
    return header[:at] + struct.pack("!H", checksum(header + rest)) + header[at + 2:] + rest


def make_frame(ends, kind, vlan, seq):
    mac, peer_mac, address, peer_address = ends
    icmp = with_checksum(struct.pack("!BBHHH", kind, 0, 0, ICMP_ID, seq), 2, bytes(range(48)))
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(icmp), seq, 0, 64, 1, 0, address, peer_address)
    tag = struct.pack("!HH", 0x8100, int(vlan)) if vlan else b""
    return peer_mac + mac + tag + b"\x08\x00" + with_checksum(ip, 10) + icmp


def read_vlan(ancillary):
    """The kernel takes the tag out of a frame, and gives it beside it."""
    for level, kind, data in ancillary:
        if level == SOL_PACKET and kind == PACKET_AUXDATA:
            status, _, _, _, _, tci, _ = struct.unpack("=IIIHHHH", data[:20])
            if status & TP_STATUS_VLAN_VALID:
                return "@%d" % (tci & 0xFFF)
    return ""


def read_frame(sock, peer_mac):
    """(type, tag, sequence number) of an ICMP message of ours that came back, else None."""
    frame, ancillary, _, origin = sock.recvmsg(65536, 256)
    if origin[2] == socket.PACKET_OUTGOING or frame[6:12] != peer_mac or frame[12:14] != b"\x08\x00":
        return None
    icmp = frame[14 + 4 * (frame[14] & 15):]
    kind, _, _, ident, seq = struct.unpack("!BBHHH", icmp[:8])
    return (kind, read_vlan(ancillary), seq) if frame[23] == 1 and ident == ICMP_ID else None


def main(interface, mac, peer_mac, address, peer_address, *messages):
    ends = (bytes.fromhex(mac.replace(":", "")), bytes.fromhex(peer_mac.replace(":", "")),
            socket.inet_aton(address), socket.inet_aton(peer_address))
    last = len(messages) + 1
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    sock.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    sock.bind((interface, ETH_P_ALL))
    for seq, message in enumerate(messages + ("8",), 1):
        kind, _, vlan = message.partition("@")
        sock.send(make_frame(ends, int(kind), vlan, seq))
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        sock.settimeout(max(0.001, end - time.monotonic()))
        try:
            reply = read_frame(sock, ends[1])
        except socket.timeout:
            break
        if reply == (0, "", last):
            return
        if reply is not None:
            print("%d%s %d" % reply)
    print("no reply to the last request")


if __name__ == "__main__":
    main(*sys.argv[1:])
