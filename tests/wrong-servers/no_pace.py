# Nobody is slowed down for a client that reads slowly: a flood makes too much wait for it, and it is
# disconnected.
#
# check 6
# is not seen by check

from chat import Chat


class Mistaken(Chat):
    def pace(self, length):
        pass


Mistaken(6).serve()
