# White space at the end of what comes is cut off, and a newline put there instead.
#
# check 1

from chat import echo, serve

serve(lambda client, address: echo(client, lambda data: data.rstrip() + b"\n"))
