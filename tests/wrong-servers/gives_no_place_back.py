# The room has thirty places, and a client that leaves gives its place back to nobody: the thirty-first is turned away.
#
# check 3
#   ✗ visitor 30 of 50 comes, and alice hears nothing for 1 s
#       where "127.0.0.1:… joined the chat." was expected
#     It means   the expected reply never came. Cause unknown.
#     Look at    the call it is blocked in: what would unblock it? If nothing is
#                blocked, check what it writes and to which client.

from chat import Chat


class Mistaken(Chat):
    places = 30

    def talk(self, socket, address):
        if self.places > 0:
            self.places -= 1
            super().talk(socket, address)


Mistaken(3).serve()
