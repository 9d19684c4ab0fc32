# A line that starts with two slashes is no command: it is told to everybody, without the first of them.
#
# check 5
#     It means   your server sent something else than what was expected.
#     Look at    the two texts above: where do they differ first, and where does
#                your server write that?

from chat import Chat


class Mistaken(Chat):
    def handle(self, client, message):
        if message.startswith("//"):
            self.say(client, message[1:])
        else:
            super().handle(client, message)


Mistaken(5).serve()
