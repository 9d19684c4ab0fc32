# The buffer for the part of a line that has come belongs to the server, not to the client: what two are typing
# becomes one line.
#
# check 4
#   ✗ alice sends "hel", then bob says "ping 3", and alice hears "{bob} says: helping 3"
#       where "{bob} says: ping 3" was expected
#     It means   your server sent something else than what was expected.
#     Look at    the two texts above: where do they differ first, and where does
#                your server write that?

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
