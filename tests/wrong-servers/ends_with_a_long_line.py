# Whoever sends a line that is too long is told so, and disconnected.
#
# check 4

from chat import TOO_LONG, Chat


class Mistaken(Chat):
    def refuse(self, client, why):
        super().refuse(client, why)
        if why == TOO_LONG:
            raise ConnectionError


Mistaken(4).serve()
