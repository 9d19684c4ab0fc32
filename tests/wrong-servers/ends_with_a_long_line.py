# Whoever sends a line that is too long is told so, and disconnected.
#
# check 4
#   ✗ bob says "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…" (4097 characters), and alice also hears "{bob} left the chat."
#     It means   your server says something that was not expected then.
#     Look at    who is written to, when, and how often.

from chat import TOO_LONG, Chat


class Mistaken(Chat):
    def refuse(self, client, why):
        super().refuse(client, why)
        if why == TOO_LONG:
            raise ConnectionError


Mistaken(4).serve()
