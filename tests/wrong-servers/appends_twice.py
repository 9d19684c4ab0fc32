# After it has connected again, it appends its last line once more: it may have been lost. Nothing shows that it is the
# same, so it is said twice.
#
# check 12
#     It means   a line arrives twice when a connection between your server and
#                Redis is lost.
#     Look at    whether it was written twice or read twice: a request that is
#                resent must be recognised as the same, and a server resumes
#                reading after the last entry it has read.

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
