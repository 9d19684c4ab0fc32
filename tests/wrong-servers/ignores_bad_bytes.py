# What comes is decoded, errors ignored, and encoded again: bytes that are no UTF-8 do not come back.
#
# check 1
#     It means   your server drops bytes that are not UTF-8.
#     Look at    where bytes become text: an echo sends back bytes, whatever they
#                are.

import codecs

from chat import echo, serve


def talk(client, address):
    decoder = codecs.getincrementaldecoder("utf-8")("ignore")
    echo(client, lambda data: decoder.decode(data).encode())


serve(talk)
