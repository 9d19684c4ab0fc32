# A client that sends a line that is too long is told so, and disconnected.
#
# check 4
#   ✗ bob says "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…" (4097 characters), and alice also hears "{bob} left the chat."
#     It means   your server refuses a line that is too long, then disconnects the
#                client: it should keep it.
#     Look at    where a line is refused: reply to its sender, then handle the
#                next line.

from chat import TOO_LONG, Chat


class Mistaken(Chat):
    def refuse(self, client, why):
        super().refuse(client, why)
        if why == TOO_LONG:
            raise ConnectionError


Mistaken(4).serve()
