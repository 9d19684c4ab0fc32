# Servers pass on what is said by Redis' Pub/Sub: a server that reconnects just then never hears of it.
#
# check 12
#     It means   a line is lost, or takes more than 10 s, when a connection
#                between your server and Redis is lost.
#     Look at    whether it connects again, with all that it needs (a Redis that
#                was started again knows no scripts); where it reads on: behind
#                the last entry that it has read; and whether it sends again what
#                got no answer.

from stream import Connection, Instance

import threading
import time


class Mistaken(Instance):
    def serve(self):
        self.is_there = threading.Event()
        super().serve()

    def append(self, connection, address, line):
        self.is_there.wait()
        connection.call("PUBLISH", "room", "%s|%s" % (address, line))

    def read(self):
        while True:
            try:
                connection = Connection(self.redis)
                connection.socket.settimeout(None)
                connection.call("SUBSCRIBE", "room")
                self.is_there.set()
                while True:
                    _, _, message = connection.reply()
                    self.hear(*message.split("|", 1))
            except OSError:
                time.sleep(0.01)


Mistaken().serve()
