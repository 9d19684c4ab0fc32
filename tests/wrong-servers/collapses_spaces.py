# The words of a line are put together with one blank between them: two blanks, or a tab, become one.
#
# check 4

from chat import Chat


class Mistaken(Chat):
    def shown(self, text):
        return " ".join(super().shown(text).split())


Mistaken(4).serve()
