# Whatever the key, a login is granted.
#
# check 12
#   ✗ carol says "/login Alice 00000000000000000000000000000000", and bob also hears "You logged in elsewhere."
#     It means   your server says something that was not expected then.
#     Look at    where your server writes this: what led to it, and who should get
#                it?

from instance import Instance


class Mistaken(Instance):
    def call(self, connection, *words):
        if "login" in words:
            account = connection.call("HGET", "chat:accounts", words[-2].lower())
            words = words[:-1] + ((account or " ").split(" ")[1],)
        return super().call(connection, *words)


Mistaken().serve()
