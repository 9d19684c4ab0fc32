# /help says nothing of /who.
#
# check 6
#   ✗ alice says "/help" and hears "/help\n/time\n/up TEXT\n/down TEXT\n/exit\n/nick NAME\n{alice} says: ping 3"
#       where a line for each command was expected
#     It means   your server says something else than what was expected.
#     Look at    the two texts above: where do they differ first, and where does
#                your server write that?

from chat import Chat


class Mistaken(Chat):
    HELP_ON_NAMES = Chat.HELP_ON_NAMES.replace("\n/who", "")


Mistaken(6).serve()
