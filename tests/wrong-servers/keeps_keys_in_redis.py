# Redis keeps the keys as they are.
#
# check 12
#   ✗ alice registers, and her key stands in Redis as it is
#     It means   your server keeps the keys themselves in Redis: anybody who can
#                read there has them.
#     Look at    what goes to Redis: the SHA-256 of a key. The key itself goes to
#                its owner, and nowhere else.

from instance import Instance


class Mistaken(Instance):
    def kept(self, key):
        return key


Mistaken().serve()
