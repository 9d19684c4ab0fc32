# /who lists the people of this server.
#
# check 12
#   ✗ alice says "/who" and hears "Alice"
#       where "Alice, Bob" was expected
#     It means   /who lists only the clients of one server.
#     Look at    what a server knows of the people at the others: from what they
#                share, as everybody comes, is renamed and leaves.

from instance import Instance


class Mistaken(Instance):
    def tell_who(self, client):
        own = [name for who, name in self.people.items() if who.startswith(self.name)]
        client.tell(", ".join(sorted(own, key=str.lower)))


Mistaken().serve()
