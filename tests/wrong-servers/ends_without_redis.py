# The program ends when a call to Redis fails.
#
# check 12
#   ✗ connections to Redis are cut while alice and bob talk at two servers, and a server ends (exit status: 1)
#     It means   your server ends when it loses its connection to Redis.
#     Look at    what follows an error of Redis: the connection is made anew, and
#                neither a thread nor the program ends.

import os
import sys

from instance import Instance


class Mistaken(Instance):
    def gives_up(self):
        print("Redis is gone", file=sys.stderr, flush=True)
        os._exit(1)


Mistaken().serve()
