# What somebody says is told as Python shows bytes: b'hi'.
#
# check 3

from chat import Chat


class Mistaken(Chat):
    def say(self, client, text):
        super().say(client, str(self.encoded(text)))


Mistaken(3).serve()
