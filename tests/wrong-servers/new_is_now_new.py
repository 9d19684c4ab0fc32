# The name is changed before the change is told: everybody hears "Alice is now Alice".
#
# check 5

from chat import Chat


class Mistaken(Chat):
    def rename(self, client, name):
        client.name = name
        self.tell_all("%s is now %s" % (client.name, name))


Mistaken(5).serve()
