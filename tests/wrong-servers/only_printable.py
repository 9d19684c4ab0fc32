# What str.isprintable() does not take for printable is replaced: tabs, too, and the blanks of other languages.
#
# check 4

from chat import Chat


class Mistaken(Chat):
    def shown(self, text):
        return "".join(c if c.isprintable() else "\ufffd" for c in text)


Mistaken(4).serve()
