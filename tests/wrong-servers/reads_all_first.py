# The server handles what a client says only once the client has said all.
#
# check 3
#   ✗ alice says "hi" and hears nothing for 1 s
#       where "{alice} says: hi" was expected
#       then alice sent no more (a half-close), and it came … ms later
#     It means   your server handles nothing until the end of the client's input.
#     Look at    the call that reads: read returns what has arrived, read_to_end
#                and read_to_string wait for end-of-file. Or are the lines still
#                in a buffer that is never flushed?

from chat import Chat, reads


class Mistaken(Chat):
    def messages(self, client):
        whole = b"".join(reads(client.socket, 4096))
        if whole:
            yield whole.strip(b" \t\n\x0c\r").decode("utf-8", "surrogateescape")


Mistaken(3).serve()
