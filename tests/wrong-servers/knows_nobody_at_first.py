# A server that starts does not ask who is there: it learns of people as they come.
#
# check 8
#   ✗ alice says "ping 2", and bob hears "? says: ping 2"
#       where "{alice} says: ping 2" was expected
#     It means   your server says something else than what was expected.
#     Look at    the two texts above: where do they differ first, and where does
#                your server write that?

import threading

import chat
from instance import Instance
from stream import Connection


class Mistaken(Instance):
    def serve(self):
        self.call(Connection(self.redis), "0", "0", "start")
        threading.Thread(target=self.read, args=[0], daemon=True).start()
        chat.serve(self.talk)

    def read(self, offset):
        super().read(int(Connection(self.redis).call("GET", "chat:length") or 0))


Mistaken().serve()
