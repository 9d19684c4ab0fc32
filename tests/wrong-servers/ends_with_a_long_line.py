# A client that sends a line that is too long is told so, and disconnected.
#
# check 4
#   ✗ bob says "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…" (4097 characters), and alice also hears "{bob} left the chat."
#     It means   your server disconnects a client whose line is too long: it is to
#                stay.
#     Look at    where a line is refused: the answer goes to its sender, and the
#                next line counts.

from chat import TOO_LONG, Chat


class Mistaken(Chat):
    def refuse(self, client, why):
        super().refuse(client, why)
        if why == TOO_LONG:
            raise ConnectionError


Mistaken(4).serve()
