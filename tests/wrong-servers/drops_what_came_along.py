# When a line is not UTF-8, the lines that came in the same packet after it are dropped, too.
#
# check 4

from chat import NOT_UTF8, Chat


class Mistaken(Chat):
    def refuse(self, client, why):
        super().refuse(client, why)
        if why == NOT_UTF8:
            client.lines.clear()


Mistaken(4).serve()
