# The socket does not block, and what send() returns is not looked at: if a client sends much before it reads,
# what does not fit at once is lost.
#
# check 1
# is not seen by check

import select

from chat import serve


def talk(client, address):
    client.setblocking(False)
    while True:
        select.select([client], [], [])
        data = client.recv(65536)
        if not data:
            break
        try:
            client.send(data)
        except BlockingIOError:
            pass


serve(talk)
