# When a line is not UTF-8, the lines that came in the same packet after it are dropped, too.
#
# check 4
#     It means   the expected reply never came. Cause unknown.
#     Look at    the call it is blocked in: what would unblock it? If nothing is
#                blocked, check what it writes and to which client.

from chat import NOT_UTF8, Chat


class Mistaken(Chat):
    def refuse(self, client, why):
        super().refuse(client, why)
        if why == NOT_UTF8:
            client.lines.clear()


Mistaken(4).serve()
