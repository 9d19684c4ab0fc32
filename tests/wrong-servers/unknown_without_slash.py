# An unknown command is named without its slash.
#
# check 5
#   ✗ alice says "/quitter" and hears "Unknown command: quitter. Try /help."
#       where "Unknown command: /quitter. Try /help." was expected
#     It means   your server omits the / when it names an unknown command.
#     Look at    the answer to an unknown command: Unknown command: {name}, where
#                {name} is the whole first word with its slash.

from chat import Chat


class Mistaken(Chat):
    def unknown(self, command):
        return super().unknown(command[1:])


Mistaken(5).serve()
