# Nobody is told that Redis is away.
#
# check 12
#   ✗ Redis is killed, and alice says "one", and she is not told that it waits
#     It means   your server does not tell that what alice says has to wait.
#     Look at    what happens when Redis does not answer: The room is out of
#                reach: what you say waits.

from instance import Instance


class Mistaken(Instance):
    def is_away(self, client):
        pass


Mistaken().serve()
