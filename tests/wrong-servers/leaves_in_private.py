# Only the clients of the same server hear that somebody has left.
#
# check 12
#   ✗ bob sends no more (half-closes), and alice hears nothing for 3 s
#       where "{bob} left the chat." was expected
#     It means   clients of the other server are not told that a client left.
#     Look at    what a departure triggers: an entry of its own in the shared
#                store.

from instance import Instance


class Mistaken(Instance):
    def part(self, client, who, name):
        if client:
            return super().part(client, who, name)
        self.people.pop(who, None)


Mistaken().serve()
