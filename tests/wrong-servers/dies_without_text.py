# A command that lacks its text raises an IndexError: a client that sends "/nick" alone is disconnected.
#
# check 5
#   ✗ alice says "/up" and is disconnected
#     It means   your server closed a connection too early.
#     Look at    how that client's loop can end: on an error, perhaps another
#                client's?

from chat import Chat


class Mistaken(Chat):
    def words(self, line):
        command, *text = line.split(maxsplit=1)
        if command in ("/up", "/down", "/nick"):
            return command, text[0].strip()
        return command, ""


Mistaken(5).serve()
