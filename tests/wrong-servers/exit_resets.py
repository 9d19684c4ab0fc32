# After "Bye." the connection is closed though there is input unread: that makes it a reset, which can destroy
# what is still on its way.
#
# check 5
#   ✗ bob sends "last words\n/exit\nand another…" (200036 characters) and is disconnected by a reset
#     It means   your server closes a connection with unread input: that resets
#                it, and data still in flight may be lost.
#     Look at    how the connection ends: shutdown(Write), read until end-of-file,
#                then close.

from chat import Chat


class Mistaken(Chat):
    def close(self, client):
        client.socket.close()


Mistaken(5).serve()
