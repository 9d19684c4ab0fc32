# A client that is disconnected because too much waits for it is taken out of the list at once, and so nobody is told
# that it left.
#
# check 7
#   ✗ alice says long lines, carol reads none and is disconnected, but nobody hears that she left
#     It means   your server tells nobody that a client has left if it was
#                disconnected because too much waits for it.
#     Look at    what follows the disconnection: the others must be told, however
#                a client leaves.

from chat import Chat


class Mistaken(Chat):
    def tell(self, client, text):
        super().tell(client, text)
        if client.way.is_too_slow and client in self.clients:
            self.clients.remove(client)


Mistaken(7).serve()
