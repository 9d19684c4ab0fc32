# The limit is counted in characters, not in bytes: 4096 times "é" are let through, 8192 bytes.
#
# check 4
#   ✗ bob says "éééééééééééééééééééééééééééééé…" (2049 characters) and hears "{bob} says: éééééééééééééééééé…" (2061 characters)
#       where "Line too long: the limit is 4096 bytes." was expected
#     It means   your server counts characters instead of bytes.
#     Look at    what the limit counts: 4096 bytes of text, without the line
#                ending.

from chat import LIMIT, Chat


class Mistaken(Chat):
    HELD = 4 * LIMIT + 1

    def is_too_long(self, line):
        return len(line.decode("utf-8", "replace")) > LIMIT


Mistaken(4).serve()
