# Names are decided by each server alone: two servers give the same one twice.
#
# check 12
#   ✗ bob says "/nick aLICE" and hears "{bob} is now aLICE"
#       where one line that says why not was expected
#     It means   each of your servers knows the names of its own clients only: two
#                of them give away the same one.
#     Look at    where a name is decided: in one place for all servers, and in one
#                go.

from instance import Instance


class Mistaken(Instance):
    def obey(self, client, line):
        word, _, name = line.partition(" ")
        own = [its for who, its in self.people.items() if who.startswith(self.name)]
        if word == "/nick" and name.lower() in map(str.lower, own):
            return client.tell("Name refused: %s is taken." % name)
        super().obey(client, line)

    def call(self, connection, *words):
        if "rename" in words:
            words = [word if word != "rename" else "say" for word in words[:-1]] + ["\0" + words[-1]]
        return super().call(connection, *words)

    def hear(self, who, what, text):
        if text.startswith("\0"):
            what, text = "renamed", text[1:]
        super().hear(who, what, text)


Mistaken().serve()
