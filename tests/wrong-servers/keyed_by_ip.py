# The clients are kept in a dictionary by IP address, without the port: whoever comes from the same machine
# takes the place of the one before.
#
# check 3
#   ✗ bob connects, then alice says "ping 2" and hears nothing for 1 s
#       where "{alice} says: ping 2" was expected
#     It means   the expected reply never came. Cause unknown.
#     Look at    the call it is blocked in: what would unblock it? If nothing is
#                blocked, check what it writes and to which client.

from chat import Chat


class Mistaken(Chat):
    by_ip = {}

    def join(self, client):
        self.tell_all("%s joined the chat." % client.name)
        self.by_ip[client.address[0]] = client

    def tell_all(self, text):
        for client in list(self.by_ip.values()):
            self.tell(client, text)

    def leave(self, client, last_words):
        self.by_ip.pop(client.address[0], None)
        self.tell_all("%s left the chat." % client.name)


Mistaken(3).serve()
