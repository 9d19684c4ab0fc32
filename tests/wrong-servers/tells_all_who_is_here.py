# The answer to /who goes to everybody.
#
# check 6
#   ✗ bob says "/who", and alice also hears "{bob}, Al-1"
#     It means   your server tells everybody the answer to a command; it concerns
#                its sender alone.
#     Look at    who is written to: an answer, or a refusal, goes to its sender
#                alone.

from chat import Chat


class Mistaken(Chat):
    def obey(self, client, command, text):
        if command == "/who":
            self.tell_all(self.who())
        else:
            super().obey(client, command, text)


Mistaken(6).serve()
