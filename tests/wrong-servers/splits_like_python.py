# Lines are split by str.splitlines(), which takes much more for a line end: a lone \r, a vertical tab, a form
# feed, U+0085, U+2028.
#
# check 4
#     It means   your server ends a line at other characters than \n.
#     Look at    where a line ends: only at \n. A function that splits text into
#                lines may accept other line ends.

from chat import Chat


class Mistaken(Chat):
    def lines(self, client):
        for line in super().lines(client):
            for part in line.decode("utf-8", "surrogateescape").splitlines():
                yield part.encode("utf-8", "surrogateescape")


Mistaken(4).serve()
