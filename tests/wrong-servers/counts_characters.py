# The limit is counted in characters, not in bytes: 4096 times "é" are let through, 8192 bytes.
#
# check 4

from chat import LIMIT, Chat


class Mistaken(Chat):
    HELD = 4 * LIMIT + 1

    def is_too_long(self, line):
        return len(line.decode("utf-8", "replace")) > LIMIT


Mistaken(4).serve()
