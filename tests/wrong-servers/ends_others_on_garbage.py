# Bytes that are no text are passed on, and then everybody but their sender is disconnected.
#
# check 3
#   ✗ bob says "caf\xe9 \xff\xfe", and alice is disconnected
#     It means   your server closed a connection too early.
#     Look at    how that client's loop can end: on an error, perhaps another
#                client's?

from _socket import SHUT_WR

from chat import Chat


class Mistaken(Chat):
    def say(self, client, text):
        super().say(client, text)
        if any("\udc80" <= character <= "\udcff" for character in text):
            for other in self.clients:
                if other is not client:
                    other.socket.shutdown(SHUT_WR)


Mistaken(3).serve()
