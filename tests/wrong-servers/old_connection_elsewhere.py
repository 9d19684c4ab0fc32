# A login ends the old connection only where it is at the same server.
#
# check 12
#   ✗ dave says "/login alice {key-of-Alice}", and alice hears "{dave} is now Alice"
#       where "You logged in elsewhere." was expected
#     It means   your server says something else than what was expected.
#     Look at    the two texts above: where do they differ first, and where does
#                your server write that?

import threading

from instance import Instance


class Mistaken(Instance):
    def replace(self, client, who):
        if client and self.newest and not self.newest.startswith(self.name):
            return
        super().replace(client, who)

    def hear(self, who, what, text):
        if what == "logged in":
            self.newest = who
        if what == "replaced":
            return self.clients and threading.Timer(0.05, self.late, [who]).start()
        super().hear(who, what, text)

    newest = None

    def late(self, who):
        with self.telling:
            super().hear(who, "replaced", "")


Mistaken().serve()
