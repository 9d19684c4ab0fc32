# The `\r` of `\r\n` is cut off in what one read returns: if the network cuts between the two, it stays.
#
# check 4
#   ✗ bob sends "\n", and alice hears "{bob} says: cut in�"
#       where "{bob} says: cut in" was expected
#     It means   your server sent something else than what was expected.
#     Look at    the two texts above: where do they differ first, and where does
#                your server write that?

from chat import Chat


class Mistaken(Chat):
    def reads(self, client):
        for data in super().reads(client):
            yield data.replace(b"\r\n", b"\n")

    def without_return(self, line):
        return line


Mistaken(4).serve()
