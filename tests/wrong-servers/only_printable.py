# What str.isprintable() does not take for printable is replaced: tabs, too, and the blanks of other languages.
#
# check 4
#   ✗ bob says "\u{1b}[2Jgone?\u{7}\tno\u{9b}", and alice hears "{bob} says: �[2Jgone?��no�"
#       where "{bob} says: �[2Jgone?�\tno�" was expected
#     It means   your server replaces the tab too.
#     Look at    how control characters are replaced: each char that is_control(),
#                except the tab, becomes U+FFFD.

from chat import Chat


class Mistaken(Chat):
    def shown(self, text):
        return "".join(c if c.isprintable() else "\ufffd" for c in text)


Mistaken(4).serve()
