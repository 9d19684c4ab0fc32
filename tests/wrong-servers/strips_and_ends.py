# White space at the end of what comes is cut off, and a newline put there instead.
#
# check 1
#     It means   your server adds a newline to what it sends back.
#     Look at    what you write: exactly the bytes that were read.

from chat import echo, serve

serve(lambda client, address: echo(client, lambda data: data.rstrip() + b"\n"))
