# Letter case does not count in commands: /UP does what /up does.
#
# check 5
#     It means   your server accepts /HELP for /help; commands are case-sensitive.
#     Look at    how a command is found: compare the whole first word exactly.

from chat import Chat


class Mistaken(Chat):
    def words(self, line):
        command, text = super().words(line)
        return command.lower(), text


Mistaken(5).serve()
