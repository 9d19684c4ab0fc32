# At most 100 lines wait for a client, in a deque(maxlen=100): if it reads nothing for a while, it misses the
# oldest.
#
# check 7
#   ✗ carol reads and misses some of the lines
#     It means   your server drops messages for a client that reads slowly.
#     Look at    what happens when a client's queue is full: it may wait, or go;
#                it must not miss a line.

import collections
import threading

from chat import Chat, Way


class Dropping(Way):
    def __init__(self, socket):
        super().__init__(socket)
        self.lines = collections.deque(maxlen=100)
        self.is_busy = False
        self.changed = threading.Condition()
        threading.Thread(target=self.run, daemon=True).start()

    def send(self, data):
        with self.changed:
            self.lines.append(data)
            self.changed.notify_all()

    def run(self):
        while True:
            with self.changed:
                self.is_busy = False
                self.changed.notify_all()
                self.changed.wait_for(lambda: self.lines)
                self.is_busy = True
                line = self.lines.popleft()
            super().send(line)

    def finish(self):
        with self.changed:
            self.changed.wait_for(lambda: not self.lines and not self.is_busy, timeout=300)


class Mistaken(Chat):
    def way(self, socket):
        return Dropping(socket)


Mistaken(7).serve()
