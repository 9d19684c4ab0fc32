# A client that reads nothing is disconnected without a word on stderr.
#
# check 7
#   ✗ alice says long lines, carol reads none and is disconnected, and the server prints nothing to stderr
#     It means   your server disconnects a client that does not read, and does not
#                report it.
#     Look at    what happens when a client's backlog is too large: report on
#                stderr why it was disconnected.

from chat import Chat, Outbox


class Mistaken(Chat):
    def way(self, socket):
        way = Outbox(socket)
        way.complain = lambda: None
        return way


Mistaken(7).serve()
