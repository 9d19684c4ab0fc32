# A line without its newline is no line: the last one, before a client half-closes, is lost.
#
# check 4

from chat import Chat


class Mistaken(Chat):
    def last(self, line):
        return []


Mistaken(4).serve()
