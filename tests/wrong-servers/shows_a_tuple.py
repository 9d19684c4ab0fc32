# Everybody is called as Python shows an address: ('127.0.0.1', 51234).
#
# check 3

from chat import Chat


class Mistaken(Chat):
    def join(self, client):
        client.name = str(client.address)
        super().join(client)


Mistaken(3).serve()
