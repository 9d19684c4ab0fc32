# After "Bye." the connection is closed though there is input unread: that makes it a reset, which can destroy
# what is still on its way.
#
# check 5

from chat import Chat


class Mistaken(Chat):
    def close(self, client):
        client.socket.close()


Mistaken(5).serve()
