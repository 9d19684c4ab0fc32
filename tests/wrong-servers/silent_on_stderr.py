# Whoever reads nothing is disconnected without a word on stderr.
#
# check 6

from chat import Chat, Outbox


class Mistaken(Chat):
    def way(self, socket):
        way = Outbox(socket)
        way.complain = lambda: None
        return way


Mistaken(6).serve()
