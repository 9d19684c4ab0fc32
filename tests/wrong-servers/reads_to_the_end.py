# The server reads until the client says no more, and only then sends all of it back.
#
# check 1
#   ✗ alice says "hi" and hears nothing for 1 s
#       where "hi" was expected
#       then alice sent no more (a half-close), and alice's "hi" came … ms later
#     It means   your server replies only at the end of the client's input.
#     Look at    the call that reads: read returns what has arrived, read_to_end
#                waits for end-of-file. Or is the answer still in a buffer that is
#                never flushed?

from chat import echo, reads, serve


class Whole:
    """A client whose words are there only once all are said."""

    def __init__(self, client):
        self.client = client
        self.sendall = client.sendall
        self.has_said_all = False

    def recv(self, size):
        if self.has_said_all:
            return b""
        self.has_said_all = True
        return b"".join(reads(self.client))


serve(lambda client, _: echo(Whole(client)))
