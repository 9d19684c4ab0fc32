# Empty lines are not ignored: somebody says nothing, and everybody hears it.
#
# check 4
#   ✗ bob sends "\n\r\n", and alice also hears "{bob} says: \n{bob} says: "
#     It means   your server passes on empty lines.
#     Look at    the line after trimming: if it is empty, ignore it.

from chat import Chat


class Mistaken(Chat):
    def is_empty(self, text):
        return False


Mistaken(4).serve()
