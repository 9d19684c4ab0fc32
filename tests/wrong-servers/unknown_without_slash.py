# An unknown command is named without its slash.
#
# check 5
#   ✗ alice says "/quitter" and hears "Unknown command: quitter. Try /help."
#       where "Unknown command: /quitter. Try /help." was expected
#     It means   your server leaves out the / of a command that it does not know.
#     Look at    the answer to what is no command: Unknown command: {name}, where
#                the name is the whole first word.

from chat import Chat


class Mistaken(Chat):
    def unknown(self, command):
        return super().unknown(command[1:])


Mistaken(5).serve()
