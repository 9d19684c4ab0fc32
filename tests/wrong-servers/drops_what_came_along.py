# When a line is not UTF-8, the lines that came in the same packet after it are dropped, too.
#
# check 4
#     It means   your server did not say what was expected, and this check does
#                not know why.
#     Look at    what it waits in: who would have to do something for it to go on?
#                If nobody, it has done what it knows: what does it write, and to
#                whom?

from chat import NOT_UTF8, Chat


class Mistaken(Chat):
    def refuse(self, client, why):
        super().refuse(client, why)
        if why == NOT_UTF8:
            client.lines.clear()


Mistaken(4).serve()
