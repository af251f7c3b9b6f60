"""Sends requests that no client sends: fragments and headers in which responders have gone wrong, cl0 to sv0.

usage: crafted.py 4|6|errors6 INTERFACE
Each datagram has an identifier of its own. What a kernel makes of it is in the capture, and in README.
"""

import socket
import struct
import sys

MACS = bytes.fromhex("020000000002020000000001")
ADDRESSES4 = socket.inet_aton("192.0.2.1") + socket.inet_aton("192.0.2.2")
ADDRESSES6 = socket.inet_pton(socket.AF_INET6, "fd00:db8::1") + socket.inet_pton(socket.AF_INET6, "fd00:db8::2")
MORE = 1
ANYCAST6 = socket.inet_pton(socket.AF_INET6, "fd00:db8::") + ADDRESSES6[16:]
ROOM_FOR_ONE_TIME = bytes.fromhex("440b0500") + bytes(8)


def checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(">%dH" % (len(data) // 2), data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return 0xFFFF - total


def echo(version, number, size):
    """A request with `size` bytes of data."""
    kind = 8 if version == 4 else 128
    data = bytes(97 + i % 8 for i in range(size))
    message = struct.pack(">BBHHH", kind, 0, 0, 0xC0DE, number) + data
    pseudo = b"" if version == 4 else ADDRESSES6 + struct.pack(">II", len(message), 58)
    return message[:2] + struct.pack(">H", checksum(pseudo + message)) + message[4:]


def packet4(number, offset, data, flags=0, options=b""):
    """A fragment, or with no offset and flags a whole packet."""
    length = 20 + len(options) + len(data)
    header = struct.pack(">BBHHHBBH", 0x40 + 5 + len(options) // 4, 0, length, number, flags << 13 | offset // 8, 64, 1, 0)
    header += ADDRESSES4 + options
    return MACS + b"\x08\x00" + header[:10] + struct.pack(">H", checksum(header)) + header[12:] + data


def packet6(first, payload, addresses=ADDRESSES6):
    return MACS + b"\x86\xdd" + struct.pack(">IHBB", 0x60000000, len(payload), first, 64) + addresses + payload


def piece6(number, offset, data, flags=0):
    return packet6(44, struct.pack(">BBHI", 58, 0, offset | flags, number) + data)


def frames4():
    whole = [echo(4, number, 56) for number in range(1, 7)]
    # 1: the first fragment comes twice, first with other data; the first data count, and their checksum is wrong
    yield packet4(1, 0, b"\x01" * 32, MORE)
    yield packet4(1, 0, whole[0][:32], MORE)
    yield packet4(1, 32, whole[0][32:])
    # 2: a fragment comes again, now as the last one: its data are ignored, but there is an end now; data behind it are
    # another datagram's
    yield packet4(2, 32, whole[1][32:64], MORE)
    yield packet4(2, 32, whole[1][32:64])
    yield packet4(2, 0, whole[1][:32], MORE)
    yield packet4(2, 64, bytes(32))
    # 3: a later fragment has an option that no reply could carry on; the first one's count
    yield packet4(3, 0, whole[2][:32], MORE)
    yield packet4(3, 32, whole[2][32:], 0, ROOM_FOR_ONE_TIME)
    # 4: an overlap, which discards all; then the same again as it should be
    yield packet4(4, 0, whole[3][:32], MORE)
    yield packet4(4, 24, whole[3][24:])
    yield packet4(4, 0, whole[3][:32], MORE)
    yield packet4(4, 32, whole[3][32:])
    # 5: in pieces of eight bytes, the last one first
    for offset in range(56, -8, -8):
        yield packet4(5, offset, whole[4][offset : offset + 8], MORE if offset < 56 else 0)
    yield packet4(6, 0, whole[5])


def frames6():
    whole = [echo(6, number, 56) for number in range(1, 6)]
    # 1: as the second above
    yield piece6(1, 32, whole[0][32:64], MORE)
    yield piece6(1, 32, whole[0][32:64])
    yield piece6(1, 0, whole[0][:32], MORE)
    yield piece6(1, 64, bytes(32))
    # 2: an atomic fragment in an atomic fragment
    yield packet6(44, struct.pack(">BBHI", 44, 0, 0, 2) + struct.pack(">BBHI", 58, 0, 0, 2) + whole[1])
    # 3: a fragment beyond the longest packet, which is dropped alone
    yield piece6(3, 0, whole[2][:32], MORE)
    yield piece6(3, 65528, bytes(100))
    yield piece6(3, 32, whole[2][32:])
    # 4: destination options and a routing header without segments left
    yield packet6(60, bytes.fromhex("2b00010400000000") + bytes.fromhex("3a00c80000000000") + whole[3])
    yield packet6(58, whole[4])


def errors6():
    whole = [echo(6, number, 56) for number in range(1, 6)]
    # 1: a jumbo option in a packet that has a length, and too small: which fault is told?  2: one that does not stand at 4n + 2
    yield packet6(0, bytes.fromhex("3a00c20400000040") + whole[0])
    yield packet6(0, bytes.fromhex("3a010100c204000110000104") + bytes(4) + whole[1])
    # 3: a segment left, from the address of all the network's routers, which no error may go to; 4: from a host
    yield packet6(43, bytes.fromhex("3a00000100000000") + whole[2], ANYCAST6)
    yield packet6(43, bytes.fromhex("3a00000100000000") + whole[3])
    yield packet6(58, whole[4])


def main(what, interface):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sock.bind((interface, 0))
    for frame in {"4": frames4, "6": frames6, "errors6": errors6}[what]():
        sock.send(frame)


main(*sys.argv[1:])
