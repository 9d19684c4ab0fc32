# After it has connected again, it reads its last entry once more.
#
# check 12
#     It means   a line comes twice when a connection between your server and
#                Redis is lost.
#     Look at    whether it was said twice, or read twice: a request that is sent
#                again must show that it is the same, and a server reads on behind
#                the last entry that it has read.

import time

from instance import Instance
from stream import Connection


class Mistaken(Instance):
    last = 0

    def read(self, offset):
        connection = None
        while True:
            try:
                if not connection:
                    connection = Connection(self.redis)
                    offset = max(offset - 1, 0) if self.last else offset
                    self.last = 1
                reply = connection.call("XREAD", "BLOCK", "500", "STREAMS", "chat:log", "%d-0" % offset)
                for entry, fields in reply[0][1] if reply else []:
                    offset = int(entry.partition("-")[0])
                    fields = dict(zip(fields[::2], fields[1::2]))
                    with self.telling:
                        self.hear(fields["who"], fields["what"], fields["text"])
            except OSError:
                connection = None
                time.sleep(0.02)


Mistaken().serve()
