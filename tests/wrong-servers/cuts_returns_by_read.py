# The `\r` of `\r\n` is cut off in what one read returns: if the network cuts between the two, it stays.
#
# check 4

from chat import Chat


class Mistaken(Chat):
    def reads(self, client):
        for data in super().reads(client):
            yield data.replace(b"\r\n", b"\n")

    def without_return(self, line):
        return line


Mistaken(4).serve()
