# Of what one read returns it takes one line: `if` instead of `while`. A second line waits until more comes.
#
# check 4
#   ✗ alice sends "one\ntwo\n" and hears nothing for 1 s
#       where "{alice} says: two" was expected
#       then alice sent no more (a half-close), and it came … ms later
#     It means   your server handles only one line per read: the next one waits
#                until more data arrives.
#     Look at    what one read returns: it may hold several lines. Loop until no
#                whole line is left.

from chat import Chat


class Mistaken(Chat):
    def lines(self, client):
        rest = b""
        for data in self.reads(client):
            rest += data
            if b"\n" in rest:
                line, _, rest = rest.partition(b"\n")
                yield line
        if rest:
            yield rest.removesuffix(b"\n")


Mistaken(4).serve()
