# Everybody is slowed down for a client that reads nothing at all, until it is disconnected.
#
# check 6

from chat import Chat, Outbox


class Mistaken(Chat):
    def way(self, socket):
        way = Outbox(socket)
        way.is_behind = lambda: len(way.waiting) > 65536
        return way


Mistaken(6).serve()
