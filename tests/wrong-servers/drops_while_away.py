# What is said while Redis is away is dropped.
#
# check 8
#   ✗ Redis is killed, alice says "one" and "two", and it is started again, and alice never hears "one"
#     It means   a line is lost when a connection between your server and Redis
#                is.
#     Look at    where a server reads on after it has connected again: behind the
#                last entry that it has read; and whether what got no answer is
#                sent again.

import threading
import time

from instance import BACK, Instance, OUT_OF_REACH
from stream import Connection


class Mistaken(Instance):
    def gives_up(self):
        try:
            self.connection = Connection(self.redis)
            return False
        except OSError:
            return True

    def ask(self, client, *request):
        if request[0] == "say":
            threading.Thread(target=super().ask, args=(client,) + request, daemon=True).start()
            return "said"
        return super().ask(client, *request)

    def try_to_ask(self, number, client, request):
        done = super().try_to_ask(number, client, request)
        if done and not self.connection:
            client.tell(OUT_OF_REACH)
            threading.Thread(target=self.comes_back, args=[client], daemon=True).start()
        return done

    def comes_back(self, client):
        while True:
            try:
                return Connection(self.redis) and client.tell(BACK)
            except OSError:
                time.sleep(0.02)


Mistaken().serve()
