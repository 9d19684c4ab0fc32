# What got no answer is sent again with a new number: it may be said twice.
#
# check 8
#   ✗ alice says "hi" and also hears "{alice} says: hi"
#     It means   your server says something that was not expected then.
#     Look at    who is written to, when, and how often.

from instance import Instance


class Mistaken(Instance):
    def try_to_ask(self, number, client, request):
        self.number += 1
        return super().try_to_ask(str(self.number), client, request)

    def call(self, connection, *words):
        if "say" not in words or self.has_waited:
            return super().call(connection, *words)
        self.has_waited = True
        super().call(connection, *words)
        raise OSError("the answer was lost")

    has_waited = False


Mistaken().serve()
