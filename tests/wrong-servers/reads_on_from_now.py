# After it has connected again, it reads on from what comes next, not from what it has read.
#
# check 8
#   ✗ alice says "ping 2", and bob hears "? says: ping 2"
#       where "{alice} says: ping 2" was expected
#     It means   your server says something else than what was expected.
#     Look at    the two texts above: where do they differ first, and where does
#                your server write that?

import threading
import time

from instance import Instance
from stream import Connection


class Mistaken(Instance):
    def read(self, offset):
        while True:
            try:
                connection = Connection(self.redis)
                offset = int(connection.call("GET", "chat:length") or 0)
                while True:
                    reply = connection.call("XREAD", "BLOCK", "500", "STREAMS", "chat:log", "%d-0" % offset)
                    for entry, fields in reply[0][1] if reply else []:
                        offset = int(entry.partition("-")[0])
                        fields = dict(zip(fields[::2], fields[1::2]))
                        with self.telling:
                            self.hear(fields["who"], fields["what"], fields["text"])
            except OSError:
                time.sleep(0.02)

    def ask(self, client, *request):
        if request[0] != "say":
            return super().ask(client, *request)
        threading.Thread(target=super().ask, args=(client,) + request, daemon=True).start()


Mistaken().serve()
