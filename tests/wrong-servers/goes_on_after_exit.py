# /exit is answered, and nothing follows from it: the client stays.
#
# check 5
#   ✗ bob sends "last words\n/exit\nand another…" (200036 characters), and alice hears "{bob} says: and another thing"
#       where "{bob} left the chat." was expected
#     It means   your server answers /exit but keeps serving that client.
#     Look at    what follows Bye.: the client's loop ends, as after a read that
#                returns 0.

from chat import Chat


class Mistaken(Chat):
    def obey(self, client, command, text):
        if command == "/exit":
            self.tell(client, "Bye.")
        else:
            super().obey(client, command, text)


Mistaken(5).serve()
