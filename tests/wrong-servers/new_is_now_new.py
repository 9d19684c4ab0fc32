# The name is changed before the change is told: everybody hears "Alice is now Alice".
#
# check 6
#   ✗ alice says "/nick Alice" and hears "Alice is now Alice"
#       where "{alice} is now Alice" was expected
#     It means   your server says something else than what was expected.
#     Look at    the two texts above: where do they differ first, and where does
#                your server write that?

from chat import Chat


class Mistaken(Chat):
    def rename(self, client, name):
        client.name = name
        self.tell_all("%s is now %s" % (client.name, name))


Mistaken(6).serve()
