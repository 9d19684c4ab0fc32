# Everything is told to all but the last in the list. For "joined" that is as it should be; of the rest, the client that
# came last hears nothing.
#
# check 3
#   ✗ alice says "hi" and hears nothing for 1 s
#       where "{alice} says: hi" was expected
#     It means   the expected reply never came. Cause unknown.
#     Look at    the call it is blocked in: what would unblock it? If nothing is
#                blocked, check what it writes and to which client.

from chat import Chat


class Mistaken(Chat):
    def join(self, client):
        self.clients.append(client)
        self.tell_all("%s joined the chat." % client.name)

    def tell_all(self, text):
        for client in self.clients[:-1]:
            self.tell(client, text)


Mistaken(3).serve()
