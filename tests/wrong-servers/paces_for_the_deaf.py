# Everybody is slowed down for a client that reads nothing at all, until it is disconnected.
#
# check 7
#   ✗ alice says long lines and waits more than 200 ms for every four of them, while somebody reads nothing
#     It means   your server makes others wait for a client that reads nothing.
#     Look at    what the threads of the others wait for while somebody reads
#                nothing.

from chat import Chat, Outbox


class Mistaken(Chat):
    def way(self, socket):
        way = Outbox(socket)
        way.is_behind = lambda: len(way.waiting) > 65536
        return way


Mistaken(7).serve()
