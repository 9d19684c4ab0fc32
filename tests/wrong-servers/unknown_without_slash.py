# An unknown command is named without its slash.
#
# check 5

from chat import Chat


class Mistaken(Chat):
    def unknown(self, command):
        return super().unknown(command[1:])


Mistaken(5).serve()
