# Everybody is called as Python shows an address: ('127.0.0.1', 51234).
#
# check 3
#   ✗ alice says "hi" and hears "('127.0.0.1', …) says: hi"
#       where "{alice} says: hi" was expected
#     It means   your server sent something else than what was expected.
#     Look at    the two texts above: where do they differ first, and where does
#                your server write that?

from chat import Chat


class Mistaken(Chat):
    def join(self, client):
        client.name = str(client.address)
        super().join(client)


Mistaken(3).serve()
