# Whether the client has gone is looked at before what it said is read: what arrives together with the end is
# lost.
#
# check 3

import select

from chat import Chat


class Mistaken(Chat):
    def messages(self, client):
        poll = select.poll()
        poll.register(client.socket, select.POLLIN | select.POLLRDHUP)
        while True:
            ((_, event),) = poll.poll()
            if event & (select.POLLRDHUP | select.POLLHUP | select.POLLERR):
                return
            data = client.socket.recv(4096)
            yield data.strip(b" \t\n\x0c\r").decode("utf-8", "surrogateescape")


Mistaken(3).serve()
