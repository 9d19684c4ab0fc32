# The text of a command ends at the first white space: "/up hello world" is answered with "HELLO".
#
# check 5

from chat import Chat


class Mistaken(Chat):
    def words(self, line):
        command, text = super().words(line)
        return command, text.split()[0] if text else ""


Mistaken(5).serve()
