# A server of step 12 in Python, as far as people come, talk and leave. A client that makes a mistake imports this and does one
# part of it wrongly. As it is: python3 stream.py ADDRESS redis://HOST:PORT

import _socket
import os
import sys
import time
from _thread import allocate_lock, start_new_thread

import chat


class Connection:
    def __init__(self, address):
        host, _, port = address.removeprefix("redis://").rpartition(":")
        self.socket = _socket.socket()
        self.socket.settimeout(5)
        self.socket.connect((host, int(port)))
        self.replies = chat.Lines(self.socket)

    def call(self, *words):
        self.send(*words)
        return self.reply()

    def send(self, *words):
        words = [word.encode() for word in words]
        parts = [b"*%d\r\n" % len(words)] + [b"$%d\r\n%s\r\n" % (len(word), word) for word in words]
        self.socket.sendall(b"".join(parts))

    def reply(self):
        line = self.replies.readline()
        if not line.endswith(b"\r\n"):
            raise OSError("Redis has gone")
        kind, rest = line[:1], line[1:-2].decode()
        if kind in b"+:":
            return rest
        if kind == b"-":
            raise OSError(rest)
        if rest == "-1":
            return None
        if kind == b"$":
            return self.replies.read(int(rest) + 2)[:-2].decode()
        return [self.reply() for _ in range(int(rest))]


class Instance:
    def __init__(self):
        self.redis = sys.argv[2]
        self.name = os.urandom(8).hex()
        self.number = 0
        self.asking = allocate_lock()
        self.connection = None
        self.clients = {}  # Those who are in the room, by their address.
        self.numbers = {}  # The last number of each instance that was heard.

    def serve(self):
        start_new_thread(self.read, ())
        chat.serve(self.talk)

    def talk(self, client, address):
        address = "%s:%d" % address[:2]
        self.ask(address, "%s joined the chat." % address, client)
        while not self.clients[address][1]:
            time.sleep(0.001)
        for line in chat.Lines(client):
            self.say(address, "%s says: %s" % (address, line.decode().rstrip("\r\n")))
        self.ask(address, "%s left the chat." % address)

    def say(self, address, line):
        self.ask(address, line)

    def ask(self, address, line, client=None):
        """Sends a line until it is answered."""
        with self.asking:
            self.number += 1
            if client:
                self.clients[address] = [client, False]
            while True:
                try:
                    self.connection = self.connection or Connection(self.redis)
                    return self.append(self.connection, address, line)
                except OSError:
                    self.connection = None
                    time.sleep(0.01)

    def append(self, connection, address, line):
        number = str(self.number)
        connection.call("XADD", "log", "*", "from", self.name, "number", number, "who", address, "line", line)

    def read(self):
        last = "0-0"
        connection = None
        while True:
            try:
                connection = connection or Connection(self.redis)
                reply = connection.call("XREAD", "BLOCK", "1000", "STREAMS", "log", last)
                for last, entry in reply[0][1] if reply else []:
                    entry = dict(zip(entry[::2], entry[1::2]))
                    if self.is_new(entry):
                        self.hear(entry["who"], entry["line"])
            except OSError:
                connection = None
                time.sleep(0.01)

    def is_new(self, entry):
        number = int(entry["number"])
        is_new = number > self.numbers.get(entry["from"], 0)
        self.numbers[entry["from"]] = max(number, self.numbers.get(entry["from"], 0))
        return is_new

    def hear(self, who, line):
        if line.endswith(" left the chat."):
            self.clients.pop(who, None)
        for client, is_in in list(self.clients.values()):
            if is_in:
                self.tell(client, line)
        if line.endswith(" joined the chat.") and who in self.clients:
            self.clients[who][1] = True

    def tell(self, client, line):
        try:
            client.sendall(line.encode() + b"\n")
        except OSError:
            pass


if __name__ == "__main__":
    Instance().serve()
