# Letter case does not count in commands: /UP does what /up does.
#
# check 5

from chat import Chat


class Mistaken(Chat):
    def words(self, line):
        command, text = super().words(line)
        return command.lower(), text


Mistaken(5).serve()
