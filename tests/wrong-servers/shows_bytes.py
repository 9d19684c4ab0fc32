# What somebody says is told as Python shows bytes: b'hi'.
#
# check 3
#   ✗ alice says "hi" and hears "{alice} says: b'hi'"
#       where "{alice} says: hi" was expected
#     It means   your server sent something else than what was expected.
#     Look at    the two texts above: where do they differ first, and where does
#                your server write that?

from chat import Chat


class Mistaken(Chat):
    def say(self, client, text):
        super().say(client, str(self.encoded(text)))


Mistaken(3).serve()
