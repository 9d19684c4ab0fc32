# A server tells its own clients at once what they say, and only the others hear it from the log: of two who talk at
# the same moment, each sees their own line first.
#
# check 12
#     It means   your server shows the same lines to different clients in
#                different order.
#     Look at    where a client's own words come from: from what the servers
#                share, and only from there.

from stream import Instance


class Mistaken(Instance):
    def say(self, address, line):
        self.hear(address, line)
        self.ask(address, line)

    def is_new(self, entry):
        is_own = entry["from"] == self.name and " says: " in entry["line"]
        return super().is_new(entry) and not is_own


Mistaken().serve()
