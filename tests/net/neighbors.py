"""Asks for neighbours with raw frames, and prints who answers: ADDRESS MAC[@VLAN...][ to all].

usage: neighbors.py INTERFACE MAC MARKER QUESTION...

A question is ask:ADDRESS, probe:ADDRESS or claim:ADDRESS, each with @VLAN behind it once or twice where it is to be tagged:
somebody with an address, somebody who has none yet, and somebody who says that the address is his.  The marker is an address
that is asked for last; its answer, which is not printed, says that all before it have had theirs.
"""

import ipaddress
import socket
import struct
import sys
import time

ETH_P_ALL = 3
SOL_PACKET = 263
PACKET_AUXDATA = 8
TP_STATUS_VLAN_VALID = 0x10
PATIENCE_S = 3
ASKING = {4: ipaddress.ip_address("192.0.2.1"), 6: ipaddress.ip_address("fd00:db8::1")}
NOBODY = {4: ipaddress.ip_address("0.0.0.0"), 6: ipaddress.ip_address("::")}
ALL_NODES = ipaddress.ip_address("ff02::1")
ALL_MACS = (b"\xff" * 6, b"\x33\x33\0\0\0\1")


def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def arp(mac, sender, target):
    return b"\xff" * 6, b"\x08\x06" + struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1) + mac + sender.packed + bytes(6) + target.packed


def ndp(kind, flags, source, target, option):
    """To all nodes if it is an advertisement, else to the solicited nodes."""
    group = target.packed[13:]
    to = ALL_NODES.packed if kind == 136 else bytes.fromhex("ff0200000000000000000001ff") + group
    message = bytes([kind, 0, 0, 0, flags, 0, 0, 0]) + target.packed + option
    pseudo = source.packed + to + struct.pack("!II", len(message), 58)
    message = message[:2] + struct.pack("!H", checksum(pseudo + message)) + message[4:]
    header = struct.pack("!IHBB", 6 << 28, len(message), 58, 255) + source.packed + to
    return b"\x33\x33" + to[12:], b"\x86\xdd" + header + message


def make_question(mac, kind, address):
    version = address.version
    source = {"ask": ASKING[version], "probe": NOBODY[version], "claim": address}[kind]
    if version == 4:
        return arp(mac, source, address)
    if kind == "claim":
        return ndp(136, 0x20, source, address, b"\2\1" + mac)
    return ndp(135, 0, source, address, b"" if kind == "probe" else b"\1\1" + mac)


def make_frame(mac, question):
    kind, _, rest = question.partition(":")
    address, *vlans = rest.split("@")
    to, packet = make_question(mac, kind, ipaddress.ip_address(address))
    tags = b"".join(struct.pack("!HH", 0x8100, int(vlan)) for vlan in vlans)
    return to + mac + tags + packet


def read_vlans(frame, ancillary):
    """The kernel takes the outermost tag out of a frame, and gives it beside it."""
    vlans = []
    for level, kind, data in ancillary:
        if level == SOL_PACKET and kind == PACKET_AUXDATA:
            status, _, _, _, _, tci, _ = struct.unpack("=IIIHHHH", data[:20])
            if status & TP_STATUS_VLAN_VALID:
                vlans.append(tci & 0xFFF)
    while frame[12:14] == b"\x81\x00":
        vlans.append(struct.unpack("!H", frame[14:16])[0] & 0xFFF)
        frame = frame[:12] + frame[16:]
    return frame, "".join("@%d" % vlan for vlan in vlans)


def read_answer(sock):
    """The address and the rest of a line about an answer or an announcement, else None."""
    frame, ancillary, _, origin = sock.recvmsg(65536, 256)
    if origin[2] == socket.PACKET_OUTGOING:
        return None
    frame, vlans = read_vlans(frame, ancillary)
    if frame[12:14] == b"\x08\x06" and (frame[21] == 2 or frame[28:32] == frame[38:42]):
        address, mac = ipaddress.ip_address(frame[28:32]), frame[22:28]
    elif frame[12:14] == b"\x86\xdd" and frame[20] == 58 and frame[54] == 136:
        address, mac = ipaddress.ip_address(frame[62:78]), frame[80:86] if len(frame) > 80 else frame[6:12]
    else:
        return None
    mac = ":".join("%02x" % byte for byte in mac)
    return str(address), mac + vlans + (" to all" if frame[:6] in ALL_MACS else "")


def main(interface, mac, marker, *questions):
    mac = bytes.fromhex(mac.replace(":", ""))
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    sock.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    sock.bind((interface, ETH_P_ALL))
    for question in questions + ("ask:" + marker,):
        sock.send(make_frame(mac, question))
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        sock.settimeout(max(0.001, end - time.monotonic()))
        try:
            answer = read_answer(sock)
        except socket.timeout:
            break
        if answer is not None and answer[0] == marker:
            return
        if answer is not None:
            print(*answer)
    print("no answer to the last question")


main(*sys.argv[1:])
