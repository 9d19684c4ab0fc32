# The room has thirty places, and a client that leaves gives its place back to nobody: the thirty-first is turned away.
#
# check 3
#   ✗ visitor 30 of 50 comes, and alice hears nothing for 1 s
#       where "127.0.0.1:… joined the chat." was expected
#     It means   your server did not say what was expected, and this check does
#                not know why.
#     Look at    what it waits in: who would have to do something for it to go on?
#                If nobody, it has done what it knows: what does it write, and to
#                whom?

from chat import Chat


class Mistaken(Chat):
    places = 30

    def talk(self, socket, address):
        if self.places > 0:
            self.places -= 1
            super().talk(socket, address)


Mistaken(3).serve()
