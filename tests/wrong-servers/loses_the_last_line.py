# A line without its newline is no line: the last one, before a client half-closes, is lost.
#
# check 4
#   ✗ bob sends no more (half-closes), and alice hears "{bob} left the chat."
#       where "{bob} says: bye" was expected
#     It means   your server loses what a client says last before it leaves.
#     Look at    the end of the input: what came …
#                too.

from chat import Chat


class Mistaken(Chat):
    def last(self, line):
        return []


Mistaken(4).serve()
