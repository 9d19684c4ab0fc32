# Lines are split by str.splitlines(), which takes much more for a line end: a lone \r, a vertical tab, a form
# feed, U+0085, U+2028.
#
# check 4
#     It means   your server takes other characters than \n for the end of a line.
#     Look at    where a line ends: at \n and nowhere else. What splits text into
#                lines may know more ends.

from chat import Chat


class Mistaken(Chat):
    def lines(self, client):
        for line in super().lines(client):
            for part in line.decode("utf-8", "surrogateescape").splitlines():
                yield part.encode("utf-8", "surrogateescape")


Mistaken(4).serve()
