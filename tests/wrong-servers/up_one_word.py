# The text of a command ends at the first white space: "/up hello world" is answered with "HELLO".
#
# check 5
#   ✗ alice sends "/up as telnet sends it\r\n" and hears "AS"
#       where "AS TELNET SENDS IT" was expected
#     It means   your server answers /up and /down with only the first word of the
#                text.
#     Look at    where the text of a command ends: at the end of the line.

from chat import Chat


class Mistaken(Chat):
    def words(self, line):
        command, text = super().words(line)
        return command, text.split()[0] if text else ""


Mistaken(5).serve()
