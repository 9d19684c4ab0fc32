# /time is told to the microsecond, as Python shows it.
#
# check 5
#   ✗ alice says "/time" and hears …
#       where the time in UTC, such as "2026-11-22 14:05:09 UTC" was expected
#     It means   your server sent something else than what was expected.
#     Look at    the two texts above: where do they differ first, and where does
#                your server write that?

import datetime

from chat import Chat


class Mistaken(Chat):
    def time(self):
        return str(datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)) + " UTC"


Mistaken(5).serve()
