# Whoever is disconnected because too much waits for it is taken out of the list at once, and so nobody is told
# that it left.
#
# check 6

from chat import Chat


class Mistaken(Chat):
    def tell(self, client, text):
        super().tell(client, text)
        if client.way.is_too_slow and client in self.clients:
            self.clients.remove(client)


Mistaken(6).serve()
