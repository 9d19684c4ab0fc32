# A client that reads nothing is disconnected without a word on stderr.
#
# check 7
#   ✗ alice says long lines, carol reads none and is disconnected, and the server's stderr says nothing
#     It means   your server disconnects a client that reads nothing, and does not
#                say so.
#     Look at    what happens when too much waits for a client: somebody who runs
#                the server wants to know why it was let go.

from chat import Chat, Outbox


class Mistaken(Chat):
    def way(self, socket):
        way = Outbox(socket)
        way.complain = lambda: None
        return way


Mistaken(7).serve()
