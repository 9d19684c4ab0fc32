# Nobody is slowed down for a client that reads slowly: a flood makes too much wait for it, and it is
# disconnected.
#
# check 8
#   ✗ bob talks without a pause, alice reads 1 MB a second, and alice is disconnected
#     It means   your server disconnects a client that reads, because somebody
#                else talks too much.
#     Look at    what happens when a client that reads falls behind: the one that
#                talks must wait, in its own reading thread; then TCP slows it
#                down.

from chat import Chat


class Mistaken(Chat):
    def pace(self, length):
        pass


Mistaken(8).serve()
