# Empty lines are not ignored: somebody says nothing, and everybody hears it.
#
# check 4

from chat import Chat


class Mistaken(Chat):
    def is_empty(self, text):
        return False


Mistaken(4).serve()
