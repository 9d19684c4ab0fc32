# Only the clients of the same server hear that somebody has left.
#
# check 12
#   ✗ bob sends no more (half-closes), and alice hears nothing for 3 s
#       where "{bob} left the chat." was expected
#     It means   nobody at the other server hears that somebody has left.
#     Look at    what a departure leads to: an entry of its own in what the
#                servers share.

from instance import Instance


class Mistaken(Instance):
    def part(self, client, who, name):
        if client:
            return super().part(client, who, name)
        self.people.pop(who, None)


Mistaken().serve()
