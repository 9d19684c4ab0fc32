# Redis keeps the keys as they are.
#
# check 12
#   ✗ alice registers, and Redis holds her key in plain text
#     It means   your server stores the keys themselves in Redis: anyone who can
#                read it has them.
#     Look at    what goes to Redis: the SHA-256 of a key. The key itself goes
#                only to its owner.

from instance import Instance


class Mistaken(Instance):
    def kept(self, key):
        return key


Mistaken().serve()
