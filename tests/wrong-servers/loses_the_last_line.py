# A line without its newline is no line: the last one, before a client half-closes, is lost.
#
# check 4
#   ✗ bob sends no more (half-closes), and alice hears "{bob} left the chat."
#       where "{bob} says: bye" was expected
#     It means   your server loses a client's last line if it has no newline.
#     Look at    the end of the input: data after the last newline is a line too.

from chat import Chat


class Mistaken(Chat):
    def last(self, line):
        return []


Mistaken(4).serve()
