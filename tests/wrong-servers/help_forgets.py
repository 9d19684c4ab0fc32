# /help says nothing of /who.
#
# check 5

from chat import Chat


class Mistaken(Chat):
    HELP = Chat.HELP.replace("/who\n", "")


Mistaken(5).serve()
