# What waits for a client that had fallen behind comes in small pieces, one every twentieth of a second: late, but whole
# and in order. Nobody promises when.
#
# check 7
# is not seen by check

import time

from chat import Chat, Outbox


class Trickle:
    """A socket that takes little at a time once much waits."""

    def __init__(self, outbox, socket):
        self.outbox = outbox
        self.socket = socket
        self.is_slow = False

    def send(self, part):
        waiting = len(self.outbox.waiting)
        self.is_slow = self.is_slow or waiting > 150_000
        if self.is_slow and waiting > 20_000:
            time.sleep(0.05)
        return self.socket.send(part[:8192])

    def __getattr__(self, name):
        return getattr(self.socket, name)


class Slow(Outbox):
    def run(self):
        self.socket = Trickle(self, self.socket)
        super().run()


class Late(Chat):
    def way(self, socket):
        return Slow(socket)


Late(7).serve()
