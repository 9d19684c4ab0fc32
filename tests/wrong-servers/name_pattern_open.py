# The pattern for names has no end: whatever begins like a name is one, blanks and all, of any length.
#
# check 5

import re

from chat import Chat


class Mistaken(Chat):
    def is_name(self, name):
        return re.match("[A-Za-z][A-Za-z0-9.-]{2,14}", name)


Mistaken(5).serve()
