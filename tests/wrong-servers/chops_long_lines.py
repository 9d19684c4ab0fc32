# readline(4096) returns what it has when a line is longer: its pieces are told as lines, and nobody is refused.
#
# check 4
#   ✗ bob says "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…" (4097 characters) and hears "{bob} says: xxxxxxxxxxxxxxxxxx…" (4108 characters)
#       where "Line too long: the limit is 4096 bytes." was expected
#     It means   your server cuts a long line into several.
#     Look at    where a line is too long: it is dropped whole, and its sender
#                told.

from chat import LIMIT, Chat


class Mistaken(Chat):
    def lines(self, client):
        with client.socket.makefile("rb") as file:
            while True:
                line = file.readline(LIMIT)
                if not line:
                    break
                yield line[:-1] if line.endswith(b"\n") else line


Mistaken(4).serve()
