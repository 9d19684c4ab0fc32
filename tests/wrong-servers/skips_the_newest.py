# Everything is told to all but the last in the list. For "joined" that is as it should be; of the rest, whoever
# came last hears nothing.
#
# check 3

from chat import Chat


class Mistaken(Chat):
    def join(self, client):
        self.clients.append(client)
        self.tell_all("%s joined the chat." % client.name)

    def tell_all(self, text):
        for client in self.clients[:-1]:
            self.tell(client, text)


Mistaken(3).serve()
