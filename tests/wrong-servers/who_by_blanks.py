# /who puts a blank between the names, where a comma and a blank are due.
#
# check 5

from chat import Chat


class Mistaken(Chat):
    def who(self):
        return super().who().replace(", ", " ")


Mistaken(5).serve()
