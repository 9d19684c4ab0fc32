# /who puts a blank between the names, where a comma and a blank are expected.
#
# check 6
#   ✗ bob says "/who" and hears "{bob} Al-1"
#       where "{bob}, Al-1" was expected
#     It means   your server puts something else than a comma and a blank between
#                the names of /who.
#     Look at    how the names are joined.

from chat import Chat


class Mistaken(Chat):
    def who(self):
        return super().who().replace(", ", " ")


Mistaken(6).serve()
