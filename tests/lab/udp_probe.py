# SPDX-License-Identifier: Apache-2.0
"""Small datagrams that show how a NAT behaves, and the reflector that answers them.

    udp_probe.py reflect ADDRESS ADDRESS     says "ready", then answers until it is killed
    udp_probe.py look ADDRESS ADDRESS        says what it saw, as JSON
    udp_probe.py count ADDRESS               sends datagrams and asks by TCP how many came
    udp_probe.py meet ADDRESS                one of two that try to reach each other's outer address

The reflector has two ports at each of two addresses. Asked, it answers from the other address, from
the other port, and last from where it was asked: so that whoever has the last answer and not the
others knows that they were not let in. It is asked several times, for datagrams may be lost.
"""
import json
import selectors
import socket
import sys

PORT = 7000
OTHER_PORT = 7001
TCP_PORT = 443
TRIES = 5
PATIENCE = 2  # seconds for one answer; waited out only where there is none


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def udp(address="", port=0, family=None):
    made = socket.socket(family or family_of(address), socket.SOCK_DGRAM)
    made.bind((address, port))
    made.settimeout(PATIENCE)
    return made


# --- the reflector ---

class Reflector:
    def __init__(self, addresses):
        self.sockets = {(a, p): udp(a, p) for a in addresses for p in (PORT, OTHER_PORT)}
        self.addresses = addresses
        self.heard = {}     # by word
        self.met = {}       # by room: the last address of each that came
        self.selector = selectors.DefaultSelector()
        for place, one in self.sockets.items():
            one.setblocking(False)
            self.selector.register(one, selectors.EVENT_READ, (self.on_datagram, place))
        listener = socket.create_server((addresses[0], TCP_PORT), family=family_of(addresses[0]))
        self.selector.register(listener, selectors.EVENT_READ, (self.on_connection, None))

    def serve(self):
        print("ready", flush=True)
        while True:
            for key, _ in self.selector.select():
                handler, place = key.data
                handler(key.fileobj, place)

    def on_datagram(self, one, place):
        """Takes all that are there."""
        try:
            while True:
                data, source = one.recvfrom(2048)
                self.answer(one, place, data, source[:2])
        except BlockingIOError:
            pass

    def answer(self, one, place, data, source):
        words = data.decode().split()
        if words[0] == "meet":
            self.on_meeting(one, source, words[1], words[2])
            return
        self.heard[words[1]] = self.heard.get(words[1], 0) + 1
        answer = json.dumps({"seen": source}).encode()
        address, port = place
        if words[0] == "all":
            other = next(a for a in self.addresses if a != address)
            self.sockets[other, port].sendto(b"other address", source)
            self.sockets[address, OTHER_PORT if port == PORT else PORT].sendto(b"other port", source)
        one.sendto(answer, source)

    def on_meeting(self, one, source, room, name):
        guests = self.met.setdefault(room, {})
        guests[name] = source
        other = next((where for who, where in guests.items() if who != name), None)
        one.sendto(json.dumps({"seen": source, "other": other}).encode(), source)

    def on_connection(self, listener, _):
        with listener.accept()[0] as asker:
            asker.settimeout(PATIENCE)
            try:
                word = asker.recv(100).decode()
            except OSError:
                return  # it went away
            # What was sent before the question counts.
            for place, one in self.sockets.items():
                self.on_datagram(one, place)
            asker.sendall(str(self.heard.get(word, 0)).encode())


# --- who asks ---

def ask(one, what, where):
    """The answer, and whatever else came before it."""
    extra = set()
    for _ in range(TRIES):
        one.sendto(what.encode(), where)
        try:
            while True:
                data, source = one.recvfrom(2048)
                if source[:2] == where and data.startswith(b"{"):
                    return json.loads(data), extra
                extra.add(data.decode())
        except TimeoutError:
            continue
    return None, extra


def look(first, second):
    """How the NAT maps, and whom it lets in."""
    one = udp(family=family_of(first))
    answers = [ask(one, "one look", where)[0] for where in ((first, PORT), (first, OTHER_PORT), (second, PORT))]
    seen = [answer and tuple(answer["seen"]) for answer in answers]
    mapping = "none"
    if all(seen):
        mapping = "port" if seen[1] != seen[0] else "address" if seen[2] != seen[0] else "endpoint"
    # Another socket, which has spoken to one place alone.
    other = udp(family=family_of(first))
    came = set()
    for _ in range(3):
        came |= ask(other, "all look", (first, PORT))[1]
    filtering = "endpoint" if "other address" in came else "address" if "other port" in came else "port"
    return {"mapping": mapping, "filtering": filtering, "seen": seen[0], "local": one.getsockname()[1]}


def count(address, word):
    one = udp(family=family_of(address))
    for _ in range(3):
        one.sendto(f"one {word}".encode(), (address, PORT))
    with socket.create_connection((address, TCP_PORT), timeout=PATIENCE) as stream:
        stream.sendall(word.encode())
        return int(stream.recv(100))


def meet(address, room, name, tries):
    """Knocks at the other's outer address until the other is heard. Says when it heard."""
    one = udp(family=family_of(address))
    one.settimeout(0.1)
    for _ in range(int(tries)):
        one.sendto(f"meet {room} {name}".encode(), (address, PORT))
        try:
            while True:
                data, source = one.recvfrom(2048)
                if data.startswith(b"{"):
                    other = json.loads(data)["other"]
                    if other:
                        one.sendto(b"knock", tuple(other))
                elif data == b"knock":
                    one.sendto(b"heard", source[:2])
                else:
                    # So that the other hears it, too, whatever is lost.
                    for _ in range(3):
                        one.sendto(b"heard", source[:2])
                    return {"met": source[:2]}
        except TimeoutError:
            continue
    return {"met": None}


def main():
    what, *rest = sys.argv[1:]
    if what == "reflect":
        Reflector(rest).serve()
    print(json.dumps({"look": look, "count": count, "meet": meet}[what](*rest)))


if __name__ == "__main__":
    main()
