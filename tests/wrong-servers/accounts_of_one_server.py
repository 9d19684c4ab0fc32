# Accounts are kept by the server where they were made.
#
# check 12
#   ✗ dave says "/login alice {key-of-Alice}" and hears "Wrong name or key."
#       where "{dave} is now Alice" was expected
#     It means   each of your servers knows only the accounts that were made
#                there.
#     Look at    where accounts are kept: in one place for all servers.

import time

from instance import Instance


class Mistaken(Instance):
    def __init__(self):
        super().__init__()
        self.accounts = {}

    def register(self, client, name):
        super().register(client, name)
        self.accounts[name.lower()] = client.key

    def login(self, client, name, key):
        if self.accounts.get(name.lower()) != key:
            time.sleep(1)
            return client.tell("Wrong name or key.")
        super().login(client, name, key)


Mistaken().serve()
