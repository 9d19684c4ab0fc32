# readline(4096) returns what it has when a line is longer: its pieces are told as lines, and nobody is refused.
#
# check 4

from chat import LIMIT, Chat


class Mistaken(Chat):
    def lines(self, client):
        with client.socket.makefile("rb") as file:
            while True:
                line = file.readline(LIMIT)
                if not line:
                    break
                yield line[:-1] if line.endswith(b"\n") else line


Mistaken(4).serve()
