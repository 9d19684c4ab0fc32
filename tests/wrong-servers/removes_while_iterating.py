# A client that cannot be written to is removed from the list while a loop runs over it: the next one in the list is
# skipped, and does not hear that somebody left.
#
# check 3
#   ✗ bob leaves, and carol hears nothing for 1 s
#       where "{bob} left the chat." was expected
#     It means   the expected reply never came. Cause unknown.
#     Look at    the call it is blocked in: what would unblock it? If nothing is
#                blocked, check what it writes and to which client.

from _socket import SHUT_RDWR

from chat import Chat


class Mistaken(Chat):
    def tell_all(self, text):
        for client in self.clients:
            try:
                client.socket.sendall(self.encoded(text) + b"\n")
            except OSError:
                self.clients.remove(client)

    def leave(self, client, last_words):
        try:
            client.socket.shutdown(SHUT_RDWR)  # The broadcast will forget it.
        except OSError:
            pass
        self.tell_all("%s left the chat." % client.name)


Mistaken(3).serve()
