# The program ends when a call to Redis fails.
#
# check 8
#   ✗ connections to Redis are cut while alice and bob talk at two servers, and bob is disconnected
#     It means   your server disconnects clients when it loses its connection to
#                Redis.
#     Look at    what follows an error of Redis: that connection is made anew, and
#                no client's is closed.

import os
import sys

from instance import Instance


class Mistaken(Instance):
    def gives_up(self):
        print("Redis is gone", file=sys.stderr, flush=True)
        os._exit(1)


Mistaken().serve()
