# A server of step 12 in Python, as far as the scenes of check 12 go: people, names, accounts, and a Redis that comes and
# goes. The rules are those of room.lua. A client that makes a mistake imports this and does one part of it wrongly.

import _socket
import os
import sys
import time
from _queue import SimpleQueue
from _thread import allocate_lock, start_new_thread

import chat
from stream import Connection

RULES = os.path.join(os.path.dirname(__file__), "../../steps/12-instances/room.lua")
OUT_OF_REACH = "The room is out of reach: what you say waits."
BACK = "The room is back."


class Client:
    def __init__(self, number, stream, address):
        self.number = number
        self.stream = stream
        self.address = address
        self.is_in = False
        self.decided = SimpleQueue()  # What became of its requests.

    def tell(self, line):
        try:
            self.stream.sendall(line.encode() + b"\n")
        except OSError:
            pass


class Instance:
    def __init__(self):
        self.redis = sys.argv[2]
        self.rules = open(RULES).read()
        self.name = str(int.from_bytes(os.urandom(5), "big"))
        self.number = 0
        self.last_client = 0
        self.asking = allocate_lock()
        self.telling = allocate_lock()
        self.connection = None
        self.clients = {}
        self.people = {}  # By what they are in the log: INSTANCE/CLIENT.

    def serve(self):
        offset, people = self.call(Connection(self.redis), "0", "0", "start")
        self.people = dict(zip(people[::2], people[1::2]))
        start_new_thread(self.read, (int(offset),))
        chat.serve(self.talk)

    # What clients want.

    def talk(self, stream, address):
        with self.asking:
            self.last_client += 1
            client = Client(self.last_client, stream, "%s:%d" % address[:2])
            self.clients[client.number] = client
        self.ask(client, "join", client.address)
        try:
            for line in chat.Lines(stream):
                self.obey(client, line.decode(errors="replace").rstrip("\r\n"))
        except OSError:
            pass
        self.leave(client)

    def leave(self, client):
        self.ask(client, "leave", "")

    def obey(self, client, line):
        word, _, rest = line.partition(" ")
        if word == "/nick":
            self.ask(client, "rename", rest)
        elif word == "/who":
            self.tell_who(client)
        elif word == "/up":
            with self.telling:
                client.tell(rest.upper())
        elif word == "/register":
            self.register(client, rest)
        elif word == "/login":
            self.login(client, *rest.split(" "))
        else:
            self.ask(client, "say", line)

    def tell_who(self, client):
        with self.telling:
            client.tell(", ".join(sorted(self.people.values(), key=str.lower)))

    def register(self, client, name):
        client.key = os.urandom(16).hex()
        self.ask(client, "register", name, self.kept(client.key))

    def login(self, client, name, key):
        if self.ask(client, "login", name, self.kept(key)) == "wrong":
            time.sleep(1)
            client.tell("Wrong name or key.")

    def kept(self, key):
        import hashlib  # Few sessions ask for it.

        return hashlib.sha256(key.encode()).hexdigest()

    def ask(self, client, *request):
        """Asks until there is an answer, and waits for what the log says of it."""
        with self.asking:
            self.number += 1
            number, was_away = self.number, False
            while not self.try_to_ask(str(number), client, request):
                if not was_away:
                    was_away = True
                    self.is_away(client)
                time.sleep(0.02)
            if was_away:
                self.is_back(client)
        return client.decided.get()

    def try_to_ask(self, number, client, request):
        try:
            self.connection = self.connection or Connection(self.redis)
            self.call(self.connection, number, str(client.number), *request)
            return True
        except OSError:
            self.connection = None
            return self.gives_up()

    def gives_up(self):
        return False

    def is_away(self, client):
        # A connection that was cut is there again at once: that is worth no words.
        try:
            Connection(self.redis).call("PING")
        except OSError:
            client.was_told = True
            client.tell(OUT_OF_REACH)

    def is_back(self, client):
        if getattr(client, "was_told", False):
            client.was_told = False
            client.tell(BACK)

    def call(self, connection, *words):
        return connection.call("EVAL", self.rules, "0", self.name, *words)

    # What the log says.

    def read(self, offset):
        connection = None
        while True:
            try:
                connection = connection or Connection(self.redis)
                reply = connection.call("XREAD", "BLOCK", "500", "STREAMS", "chat:log", "%d-0" % offset)
                for entry, fields in reply[0][1] if reply else []:
                    offset = int(entry.partition("-")[0])
                    fields = dict(zip(fields[::2], fields[1::2]))
                    with self.telling:
                        self.hear(fields["who"], fields["what"], fields["text"])
            except OSError:
                connection = None
                time.sleep(0.02)

    def hear(self, who, what, text):
        instance, _, number = who.partition("/")
        client = self.clients.get(int(number)) if instance == self.name else None
        old = self.people.get(who, "?")
        if what == "joined":
            self.tell_all("%s joined the chat." % text)
            self.people[who] = text
            if client:
                client.is_in = True
        elif what == "said":
            self.tell_all("%s says: %s" % (old, text))
        elif what in ("renamed", "registered", "logged in"):
            self.call_it(client, who, what, old, text)
        elif what == "left":
            self.part(client, who, old)
        elif what == "replaced":
            self.replace(client, who)
        elif client and what == "taken":
            client.tell("Name refused: %s is taken." % text)
        elif client and what == "yours":
            client.tell("Your name is %s already." % text)
        elif client and what == "registered before":
            client.tell("That name is registered: /login %s KEY." % text)
        if client and what != "replaced":
            client.decided.put(what)

    def call_it(self, client, who, what, old, name):
        if client and what == "registered":
            client.tell("Registered %s. Your key: %s (keep it; /login %s %s)" % (name, client.key, name, client.key))
        if old != name:
            self.people[who] = name
            self.tell_all("%s is now %s" % (old, name))
        if client and what == "logged in":
            client.tell("Welcome back, %s." % name)

    def part(self, client, who, name):
        if client:
            client.is_in = False
        self.people.pop(who, None)
        self.tell_all("%s left the chat." % name)

    def replace(self, client, who):
        self.people.pop(who, None)
        if client:
            client.is_in = False
            client.tell("You logged in elsewhere.")
            client.stream.shutdown(_socket.SHUT_RDWR)

    def tell_all(self, line):
        for client in list(self.clients.values()):
            if client.is_in:
                client.tell(line)


if __name__ == "__main__":
    Instance().serve()
