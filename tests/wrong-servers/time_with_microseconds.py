# /time is told to the microsecond, as Python shows it.
#
# check 5

import datetime

from chat import Chat


class Mistaken(Chat):
    def time(self):
        return str(datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)) + " UTC"


Mistaken(5).serve()
