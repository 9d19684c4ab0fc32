# A command that lacks its text raises an IndexError: whoever sends "/nick" alone is disconnected.
#
# check 5

from chat import Chat


class Mistaken(Chat):
    def words(self, line):
        command, *text = line.split(maxsplit=1)
        if command in ("/up", "/down", "/nick"):
            return command, text[0].strip()
        return command, ""


Mistaken(5).serve()
