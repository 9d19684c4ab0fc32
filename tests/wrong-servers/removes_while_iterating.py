# A client that cannot be written to is removed from the list while a loop runs over it: the next one in the list is
# skipped, and does not hear that somebody left.
#
# check 3
#   ✗ bob leaves, and carol hears nothing for 1 s
#       where "{bob} left the chat." was expected
#     It means   your server did not say what was expected, and this check does
#                not know why.
#     Look at    what it waits in: who would have to do something for it to go on?
#                If nobody, it has done what it knows: what does it write, and to
#                whom?

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
