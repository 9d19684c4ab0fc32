# The server handles what a client says only once the client has said all.
#
# check 3

from chat import Chat, reads


class Mistaken(Chat):
    def messages(self, client):
        whole = b"".join(reads(client.socket, 4096))
        if whole:
            yield whole.strip(b" \t\n\x0c\r").decode("utf-8", "surrogateescape")


Mistaken(3).serve()
