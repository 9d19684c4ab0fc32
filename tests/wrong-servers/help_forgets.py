# /help says nothing of /who.
#
# check 5
#   ✗ alice says "/help" and hears "/help\n/time\n/up TEXT\n/down TEXT\n/nick NAME\n/exit\n{alice} says: ping 3"
#       where one line for each command was expected
#     It means   your server sent something else than what was expected.
#     Look at    the two texts above: where do they differ first, and where does
#                your server write that?

from chat import Chat


class Mistaken(Chat):
    HELP = Chat.HELP.replace("/who\n", "")


Mistaken(5).serve()
