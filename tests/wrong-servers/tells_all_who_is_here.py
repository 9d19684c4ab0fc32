# The answer to /who goes to everybody.
#
# check 6
#   ✗ bob says "/who", and alice also hears "{bob}, Al-1"
#     It means   your server sends the answer to a command to everyone; only its
#                sender should get it.
#     Look at    which clients you write to: an answer or a refusal goes only to
#                the sender.

from chat import Chat


class Mistaken(Chat):
    def obey(self, client, command, text):
        if command == "/who":
            self.tell_all(self.who())
        else:
            super().obey(client, command, text)


Mistaken(6).serve()
