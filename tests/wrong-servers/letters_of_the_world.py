# A name may have letters of all languages: str.isalpha() and str.isalnum() are not about ASCII.
#
# check 6
#     It means   your server gives a name with a character that is not allowed.
#     Look at    which names are allowed: 3 to 15 ASCII letters, digits, '-' or
#                '.', the first a letter.

from chat import Chat


class Mistaken(Chat):
    def is_name(self, name):
        is_allowed = all(c.isalnum() or c in "-." for c in name)
        return 3 <= len(name) <= 15 and name[0].isalpha() and is_allowed


Mistaken(6).serve()
