# As readline(4096) does, it takes what it has when a line is longer: its pieces are told as lines, and nobody is
# refused.
#
# check 4
#   ✗ bob says "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…" (4097 characters) and hears "{bob} says: xxxxxxxxxxxxxxxxxx…" (4108 characters)
#       where "Line too long: the limit is 4096 bytes." was expected
#     It means   your server splits a long line into several.
#     Look at    how a line that is too long is handled: drop all of it, and reply
#                to its sender.

from chat import LIMIT, Chat


class Mistaken(Chat):
    def lines(self, client):
        rest = b""
        for data in self.reads(client):
            rest += data
            while b"\n" in rest or len(rest) >= LIMIT:
                length = rest.find(b"\n", 0, LIMIT) + 1 or LIMIT
                line, rest = rest[:length], rest[length:]
                yield line[:-1] if line.endswith(b"\n") else line
        if rest:
            yield rest


Mistaken(4).serve()
