# Each packet is decoded by itself: one that ends in the middle of a character is refused.
#
# check 4
#   ✗ alice sends "caf\xc3" and also hears "Not valid UTF-8: the line was not sent."
#     It means   your server decodes each packet separately: half a character is
#                not valid UTF-8.
#     Look at    where bytes become text: collect the bytes of a line first, then
#                decode them.

from chat import NOT_UTF8, Chat


class Mistaken(Chat):
    def reads(self, client):
        for data in super().reads(client):
            try:
                data.decode()
            except UnicodeDecodeError:
                self.refuse(client, NOT_UTF8)
            else:
                yield data


Mistaken(4).serve()
