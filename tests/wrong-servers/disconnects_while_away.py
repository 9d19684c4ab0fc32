# A client that says something while Redis is away is disconnected.
#
# check 12
#   ✗ Redis is killed, alice says "one" and "two", and it is started again, and alice is disconnected
#     It means   your server disconnects clients when it loses its connection to
#                Redis.
#     Look at    what follows an error of Redis: that connection is made anew, and
#                no client's is closed.

import time

from instance import Instance


class Mistaken(Instance):
    def is_away(self, client):
        time.sleep(0.1)  # A connection that was cut is there again by then.
        super().is_away(client)
        if getattr(client, "was_told", False):
            client.stream.shutdown(2)


Mistaken().serve()
