# What is said while Redis is away is dropped.
#
# check 12
#   ✗ Redis is killed, alice says "one" and "two", and it is started again, and alice does not hear "one"
#     It means   a line is lost, or takes more than 10 s, when a connection
#                between your server and Redis is lost.
#     Look at    whether it connects again, with all that it needs (a Redis that
#                was started again knows no scripts); where it reads on: behind
#                the last entry that it has read; and whether it sends again what
#                got no answer.

import time

from instance import BACK, OUT_OF_REACH, Instance
from stream import Connection


class Mistaken(Instance):
    def try_to_ask(self, number, client, request):
        if super().try_to_ask(number, client, request):
            return True
        time.sleep(0.1)  # A connection that was cut is there again by then.
        if self.is_there():
            return False
        client.tell(OUT_OF_REACH)
        while not self.is_there():
            time.sleep(0.02)
        client.tell(BACK)
        client.decided.put("dropped")
        return True

    def is_there(self):
        try:
            return bool(Connection(self.redis).call("PING"))
        except OSError:
            return False


Mistaken().serve()
