# The pattern for names has no end: whatever begins like a name is one, blanks and all, of any length.
#
# check 6
#   ✗ bob says "/nick abcdefghijklmnop" and hears "{bob} is now abcdefghijklmnop"
#       where one line that says why not was expected
#     It means   your server gives a name that is too long.
#     Look at    which names are allowed: 3 to 15 ASCII letters, digits, '-' or
#                '.', the first a letter.

import re

from chat import Chat


class Mistaken(Chat):
    def is_name(self, name):
        return re.match("[A-Za-z][A-Za-z0-9.-]{2,14}", name)


Mistaken(6).serve()
