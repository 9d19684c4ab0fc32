# After it has connected again, it appends its last line once more: it may have been lost. Nothing shows that it is the
# same, so it is said twice.
#
# check 12
#     It means   a line comes twice when a connection between your server and
#                Redis is lost.
#     Look at    whether it was said twice, or read twice: a request that is sent
#                again must show that it is the same, and a server reads on behind
#                the last entry that it has read.

from stream import Instance


class Mistaken(Instance):
    last = None
    used = None

    def append(self, connection, address, line):
        again = self.last if self.used not in (None, connection) else None
        self.used = connection
        if again:
            super().append(connection, *again)
        super().append(connection, address, line)
        self.last = (address, line)

    def is_new(self, entry):
        return True


Mistaken().serve()
