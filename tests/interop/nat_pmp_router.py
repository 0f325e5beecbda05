# SPDX-License-Identifier: Apache-2.0
"""A router that grants every NAT-PMP request (RFC 6886) and knows no PCP; it forwards nothing.

Usage: nat_pmp_router.py GATEWAY OUTER
"""
import socket
import struct
import sys

UNSUPPORTED_VERSION = 1


def answer(request, outer):
    if len(request) < 2:
        return None
    version, opcode = request[0], request[1]
    if version != 0:
        return struct.pack("!BBHI", 0, 0x80 | opcode & 0x7f, UNSUPPORTED_VERSION, 77)
    if opcode == 0:
        return struct.pack("!BBHI4s", 0, 0x80, 0, 77, socket.inet_aton(outer))
    if opcode == 1 and len(request) == 12:
        inner, wanted, lifetime = struct.unpack("!HHI", request[4:])
        return struct.pack("!BBHIHHI", 0, 0x81, 0, 77, inner, wanted, lifetime)
    return None


def main():
    gateway, outer = sys.argv[1:]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind((gateway, 5351))
        print("ready", flush=True)
        while True:
            request, sender = listening.recvfrom(1100)
            said = answer(request, outer)
            if said:
                listening.sendto(said, sender)


if __name__ == "__main__":
    main()
