# The words of a line are put together with one blank between them: two blanks, or a tab, become one.
#
# check 4
#   ✗ bob says "\u{1b}[2Jgone?\u{7}\tno\u{9b}", and alice hears "{bob} says: �[2Jgone?� no�"
#       where "{bob} says: �[2Jgone?�\tno�" was expected
#     It means   your server sent something else than what was expected.
#     Look at    the two texts above: where do they differ first, and where does
#                your server write that?

from chat import Chat


class Mistaken(Chat):
    def shown(self, text):
        return " ".join(super().shown(text).split())


Mistaken(4).serve()
