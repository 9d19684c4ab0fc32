# The buffer for the part of a line that has come belongs to the server, not to the client: what two are typing
# becomes one line.
#
# check 4

from chat import Chat


class Mistaken(Chat):
    buffer = b""

    def lines(self, client):
        skipping = False
        for data in self.reads(client):
            *lines, self.buffer = (self.buffer + data).split(b"\n")
            for line in lines:
                if not skipping:
                    yield line
                skipping = False
            if len(self.buffer) > self.HELD:
                if not skipping:
                    yield self.buffer
                self.buffer, skipping = b"", True
        if self.buffer and not skipping:
            yield self.buffer
            self.buffer = b""


Mistaken(4).serve()
