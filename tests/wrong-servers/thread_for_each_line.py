# Each line to each client is written by a thread of its own: once a client falls behind, the order of its lines
# is lost.
#
# check 6

import threading

from chat import Chat, Outbox


class Threads(Outbox):
    def send(self, data):
        with self.changed:
            self.waiting += data
            if len(self.waiting) > self.MOST:
                self.is_too_slow = True
                self.cut()
        if not self.is_closed:
            threading.Thread(target=self.write, args=(data,), daemon=True).start()

    def write(self, data):
        try:
            self.socket.sendall(data)
        except OSError:
            pass
        with self.changed:
            del self.waiting[: len(data)]
            self.changed.notify_all()

    def run(self):
        with self.changed:
            self.changed.wait_for(lambda: self.is_closed)
        if self.is_too_slow:
            self.complain()


class Mistaken(Chat):
    def way(self, socket):
        return Threads(socket)


Mistaken(6).serve()
