# An answer that needs nobody else does not wait for what was asked before it.
#
# check 12
#   ✗ bob sends "/nick Zed\n/who\none\n/up two\n/nick Zoe\n/who\n" and also hears "TWO"
#     It means   your server says something that was not expected then.
#     Look at    where your server writes this: what led to it, and who should get
#                it?

import queue
import threading
import time

from instance import Instance


class Mistaken(Instance):
    def ask(self, client, *request):
        if request[0] in ("say", "rename"):
            client.requests = getattr(client, "requests", None) or self.queue(client)
            return client.requests.put(request)
        return super().ask(client, *request)

    def queue(self, client):
        requests = queue.Queue()
        threading.Thread(target=self.work, args=[client, requests], daemon=True).start()
        return requests

    def work(self, client, requests):
        while True:
            request = requests.get()
            time.sleep(0.02)
            super().ask(client, *request)
            requests.task_done()

    def tell_who(self, client):
        if getattr(client, "requests", None):
            client.requests.join()
        super().tell_who(client)

    def leave(self, client):
        if getattr(client, "requests", None):
            client.requests.join()
        super().leave(client)


Mistaken().serve()
