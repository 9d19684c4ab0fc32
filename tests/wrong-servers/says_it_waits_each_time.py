# Each line that waits is answered with the same words.
#
# check 12
#   ✗ Redis is killed, alice says "one" and "two", and it is started again, and she is told 2 times that it waits
#     It means   your server tells again and again that what alice says has to
#                wait: once is enough.
#     Look at    what it keeps of each client: whether it was told.

import threading
import time

from instance import Instance, OUT_OF_REACH


class Mistaken(Instance):
    def obey(self, client, line):
        super().obey(client, line) if not self.clients else threading.Thread(
            target=super().obey, args=(client, line), daemon=True
        ).start()
        time.sleep(0.01)

    def ask(self, client, *request):
        self.waits = getattr(self, "waits", 0) + 1
        if self.waits > 1 and getattr(client, "was_told", False):
            client.tell(OUT_OF_REACH)
        try:
            return super().ask(client, *request)
        finally:
            self.waits -= 1


Mistaken().serve()
