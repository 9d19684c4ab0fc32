# Right servers of steps 1 to 8 in Python. A client that makes a mistake imports this and does one part of it wrongly.
# As it is: python3 chat.py ADDRESS STEP
#
# A check starts a server anew for each session, and most of that is what Python imports. So this takes the modules in C
# that lie under `socket` and `threading`: with those two it takes three times as long to start.

import _socket
import sys
import time
from _thread import RLock, start_new_thread

LIMIT = 4096
TOO_LONG = "Line too long: the limit is 4096 bytes."
NOT_UTF8 = "Not valid UTF-8: the line was not sent."
OBEYED = dict.fromkeys(
    [*range(9), *range(10, 32), *range(0x7F, 0xA0), *range(0x2028, 0x202F), *range(0x2066, 0x206A)], "\ufffd"
)


def log(text, file=None):
    try:
        print(text, file=file or sys.stdout, flush=True)
    except OSError:
        pass


def listen():
    host, _, port = sys.argv[1].rpartition(":")
    server = _socket.socket()
    if sys.platform != "win32":  # There, it would share the port with others.
        server.setsockopt(_socket.SOL_SOCKET, _socket.SO_REUSEADDR, 1)
    server.bind((host, int(port)))
    server.listen(1024)
    log("Listening on %s:%d ..." % server.getsockname()[:2])
    return server


def accept(server):
    while True:
        try:
            descriptor, address = server._accept()
            client = _socket.socket(fileno=descriptor)
            client.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
            return client, address
        except OSError as error:
            log("Could not accept: %s" % error, sys.stderr)
            time.sleep(0.1)


def serve(talk):
    """Serves each client in a thread of its own: talk(client, address)."""
    server = listen()
    while True:
        client, address = accept(server)
        try:
            start_new_thread(attend, (talk, client, address))
        except RuntimeError:
            client.close()


def attend(talk, client, address):
    try:
        talk(client, address)
    except OSError:
        pass
    finally:
        client.close()


def echo(client, answer=lambda data: data):
    """Sends back what `answer` makes of each read."""
    for data in reads(client):
        client.sendall(answer(data))


def reads(client, size=65536):
    """What comes, until it ends."""
    while True:
        data = client.recv(size)
        if not data:
            return
        yield data


class Lines:
    """What comes, line by line, or so many bytes of it."""

    def __init__(self, socket):
        self.socket = socket
        self.rest = b""

    def readline(self):
        """A line with its end; at the end what is left, and then nothing."""
        parts = [self.rest]
        while b"\n" not in parts[-1]:
            parts.append(self.socket.recv(65536))
            if not parts[-1]:
                break
        line, end, self.rest = b"".join(parts).partition(b"\n")
        return line + end

    def read(self, size):
        while len(self.rest) < size:
            data = self.socket.recv(65536)
            if not data:
                break
            self.rest += data
        data, self.rest = self.rest[:size], self.rest[size:]
        return data

    def __iter__(self):
        return iter(self.readline, b"")


class Way:
    """The way to a client, up to step 6."""

    def __init__(self, socket):
        self.socket = socket

    def send(self, data):
        try:
            self.socket.sendall(data)
        except OSError:
            pass

    def is_behind(self):
        return False

    def finish(self):
        pass


class Outbox(Way):
    """The way to a client from step 7 on: a queue that holds 1 MiB, and the thread that writes it."""

    MOST = 1 << 20

    def __init__(self, client):
        import threading

        super().__init__(client)
        # A small one: that the client takes something is seen soon.
        client.setsockopt(_socket.SOL_SOCKET, _socket.SO_SNDBUF, 65536)
        self.waiting = bytearray()
        self.is_closed = False
        self.is_too_slow = False
        self.moved_at = time.monotonic()
        self.changed = threading.Condition()
        start_new_thread(self.run, ())

    def send(self, data):
        with self.changed:
            if self.is_closed:
                return
            self.waiting += data
            if len(self.waiting) > self.MOST:
                self.is_too_slow = True
                self.cut()
            self.changed.notify_all()

    def cut(self):
        self.is_closed = True
        self.waiting.clear()
        try:
            self.socket.shutdown(_socket.SHUT_RDWR)
        except OSError:
            pass

    def run(self):
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.waiting or self.is_closed)
                part = bytes(self.waiting[:65536])
            if not part:
                break
            try:
                length = self.socket.send(part)
            except OSError:
                length = 0
            with self.changed:
                if not length:
                    self.cut()
                del self.waiting[:length]
                self.moved_at = time.monotonic()
                self.changed.notify_all()
        if self.is_too_slow:
            self.complain()

    def complain(self):
        log("Disconnected somebody: more than 1 MiB waits.", sys.stderr)

    def is_behind(self):
        with self.changed:
            return len(self.waiting) > self.MOST / 2 and time.monotonic() - self.moved_at < 1

    def finish(self):
        with self.changed:
            self.is_closed = True
            self.changed.notify_all()
            self.changed.wait_for(lambda: not self.waiting, timeout=300)


class Client:
    def __init__(self, socket, address, way):
        self.socket = socket
        self.address = address
        self.name = "%s:%d" % address[:2]
        self.way = way
        self.lines = []  # Whole ones, that have come and are still to be heard.


class Exit(Exception):
    """The client wants to leave."""


class Chat:
    """A chat of one of the steps 3 to 8."""

    def __init__(self, step):
        self.step = step
        self.lock = RLock()
        self.clients = []
        self.free_at = 0

    def serve(self):
        serve(self.talk)

    def talk(self, socket, address):
        if self.step > 6 and len(self.clients) >= 10000:
            socket.sendall(b"The room is full.\n")
            return
        client = Client(socket, address, self.way(socket))
        log("Accepted new client: %s" % client.name)
        with self.lock:
            self.join(client)
        last_words = None
        try:
            for message in self.messages(client):
                with self.lock:
                    self.handle(client, message)
                self.pace(len(message))
        except Exit:
            last_words = "Bye."
        except OSError:
            pass
        finally:
            with self.lock:
                self.leave(client, last_words)
            self.close(client)
        log("Client disconnected: %s:%d" % address[:2])

    def way(self, socket):
        return Outbox(socket) if self.step > 6 else Way(socket)

    # The room.

    def tell(self, client, text):
        client.way.send(self.encoded(text) + b"\n")

    def tell_all(self, text):
        for client in list(self.clients):
            self.tell(client, text)

    def encoded(self, text):
        # Bytes that are no text pass through step 3 as they are.
        return text.encode("utf-8", "surrogateescape")

    def join(self, client):
        self.tell_all("%s joined the chat." % client.name)
        self.clients.append(client)

    def say(self, client, text):
        self.tell_all("%s says: %s" % (client.name, text))

    def leave(self, client, last_words):
        if last_words:
            self.tell(client, last_words)
        if client in self.clients:
            self.clients.remove(client)
            self.tell_all("%s left the chat." % client.name)

    def close(self, client):
        client.way.finish()
        self.hang_up(client.socket)

    def hang_up(self, client):
        deadline = time.monotonic() + 1
        rest = 1 << 20
        try:
            client.shutdown(_socket.SHUT_WR)
            client.settimeout(1)
            for data in reads(client):
                rest -= len(data)
                if rest < 0 or time.monotonic() > deadline:
                    break
        except OSError:
            pass

    def pace(self, length):
        """While somebody is behind, others speak at the pace of people."""
        if not self.is_any_behind():
            return
        with self.lock:
            now = time.monotonic()
            free_at = min(max(self.free_at, now), now + 1) + length / 16384
            self.free_at = free_at
        while free_at > time.monotonic() + 1 and self.is_any_behind():
            time.sleep(0.02)

    def is_any_behind(self):
        with self.lock:
            return any(client.way.is_behind() for client in self.clients)

    # From bytes to messages.

    HELD = LIMIT + 1  # The most bytes of a line that is not whole yet.

    def messages(self, client):
        if self.step > 3:
            for line in self.lines(client):
                message = self.message(client, line)
                if message is not None:
                    yield message
            return
        for data in reads(client.socket, 4096):
            yield data.strip(b" \t\n\x0c\r").decode("utf-8", "surrogateescape")

    def lines(self, client):
        """Lines without their `\\n`; of one that is too long, its beginning."""
        buffer, skipping = b"", False
        for data in self.reads(client):
            *client.lines, buffer = (buffer + data).split(b"\n")
            while client.lines:
                line = client.lines.pop(0)
                if not skipping:
                    yield line
                skipping = False
            if len(buffer) > self.HELD:
                if not skipping:
                    yield buffer
                buffer, skipping = b"", True
        if buffer and not skipping:
            yield from self.last(buffer)

    def reads(self, client):
        return reads(client.socket)

    def last(self, line):
        """The last line, which has no end."""
        yield line

    def message(self, client, line):
        """What a line says, or None."""
        line = self.without_return(line)
        if self.is_too_long(line):
            return self.refuse(client, TOO_LONG)
        try:
            text = self.decoded(line)
        except UnicodeDecodeError:
            return self.refuse(client, NOT_UTF8)
        text = self.shown(text)
        return None if self.is_empty(text) else text

    def without_return(self, line):
        return line[:-1] if line.endswith(b"\r") else line

    def is_too_long(self, line):
        return len(line) > LIMIT

    def decoded(self, line):
        return line.decode()

    def shown(self, text):
        return text.translate(OBEYED)

    def is_empty(self, text):
        return not text.strip()

    def refuse(self, client, why):
        with self.lock:
            self.tell(client, why)

    # Commands.

    HELP = "/help\n/time\n/up TEXT\n/down TEXT\n/exit"
    HELP_ON_NAMES = "\n/nick NAME\n/who"

    def handle(self, client, message):
        if self.step > 4 and message.startswith("/"):
            command, text = self.words(message)
            self.obey(client, command, text)
        else:
            self.say(client, message)

    def words(self, line):
        command, *text = line.split(maxsplit=1)
        return command, "".join(text).strip()

    def obey(self, client, command, text):
        if command == "/help":
            self.tell(client, self.HELP + (self.HELP_ON_NAMES if self.step > 5 else ""))
        elif command == "/time":
            self.tell(client, self.time())
        elif command in ("/up", "/down"):
            self.tell(client, self.turned(command, text) if text else "%s TEXT, please." % command)
        elif command == "/nick" and self.step > 5:
            self.nick(client, text)
        elif command == "/who" and self.step > 5:
            self.tell(client, self.who())
        elif command == "/exit":
            raise Exit
        else:
            self.tell(client, self.unknown(command))

    def unknown(self, command):
        return "Unknown command: %s. Try /help." % command

    def time(self):
        return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())

    def turned(self, command, text):
        return text.upper() if command == "/up" else text.lower()

    def who(self):
        return ", ".join(sorted((client.name for client in self.clients), key=str.lower))

    def nick(self, client, name):
        if not self.is_name(name):
            self.tell(client, "A name takes 3 to 15 letters, digits, - or .")
        elif name == client.name:
            self.tell(client, "You are %s." % name)
        elif any(other.name.lower() == name.lower() for other in self.clients if other is not client):
            self.tell(client, "%s is taken." % name)
        else:
            self.rename(client, name)

    def is_name(self, name):
        letters = name.isascii() and name[:1].isalpha() and name.replace("-", "").replace(".", "")
        return 3 <= len(name) <= 15 and letters and letters.isalnum()

    def rename(self, client, name):
        old, client.name = client.name, name
        self.tell_all("%s is now %s" % (old, name))


if __name__ == "__main__":
    step = int(sys.argv[2])
    if step > 2:
        Chat(step).serve()
    elif step == 2:
        serve(lambda client, address: echo(client))
    else:
        server = listen()
        while True:
            client, address = accept(server)
            attend(lambda client, address: echo(client), client, address)
