# Everything is told to all but the last in the list. For "joined" that is as it should be; of the rest, the client that
# came last hears nothing.
#
# check 3
#   ✗ alice says "hi" and hears nothing for 1 s
#       where "{alice} says: hi" was expected
#     It means   your server did not say what was expected, and this check does
#                not know why.
#     Look at    what it waits in: who would have to do something for it to go on?
#                If nobody, it has done what it knows: what does it write, and to
#                whom?

from chat import Chat


class Mistaken(Chat):
    def join(self, client):
        self.clients.append(client)
        self.tell_all("%s joined the chat." % client.name)

    def tell_all(self, text):
        for client in self.clients[:-1]:
            self.tell(client, text)


Mistaken(3).serve()
