# Each line is decoded as "utf-8-sig": where it begins with U+FEFF, that is cut off.
#
# check 4
# is not seen by check

from chat import Chat


class Mistaken(Chat):
    def decoded(self, line):
        return line.decode("utf-8-sig")


Mistaken(4).serve()
