# Empty lines are not ignored: somebody says nothing, and everybody hears it.
#
# check 4
#   ✗ bob sends "\n\r\n", and alice also hears "{bob} says: \n{bob} says: "
#     It means   your server passes empty lines on.
#     Look at    what is left of a line without its end: if nothing is, there is
#                nothing to say.

from chat import Chat


class Mistaken(Chat):
    def is_empty(self, text):
        return False


Mistaken(4).serve()
