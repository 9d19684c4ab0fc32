# A client that is disconnected because too much waits for it is taken out of the list at once, and so nobody is told
# that it left.
#
# check 7
#   ✗ alice says long lines, carol reads none and is disconnected, but no client gets the notice that she left
#     It means   your server does not announce that a client left if it was
#                disconnected for its backlog.
#     Look at    what follows the disconnection: notify the others, however a
#                client leaves.

from chat import Chat


class Mistaken(Chat):
    def tell(self, client, text):
        super().tell(client, text)
        if client.way.is_too_slow and client in self.clients:
            self.clients.remove(client)


Mistaken(7).serve()
