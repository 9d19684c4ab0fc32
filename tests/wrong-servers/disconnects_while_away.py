# A client that says something while Redis is away is disconnected.
#
# check 8
#   ✗ connections to Redis are cut while alice and bob talk at two servers, and bob is disconnected
#     It means   your server disconnects clients when it loses its connection to
#                Redis.
#     Look at    what follows an error of Redis: that connection is made anew, and
#                no client's is closed.

from instance import Instance


class Mistaken(Instance):
    def is_away(self, client):
        super().is_away(client)
        if getattr(client, "was_told", False):
            client.stream.shutdown(2)


Mistaken().serve()
