# Ten threads serve: the eleventh client waits until one of the ten has left.
#
# check 2
#   ✗ judy says "judy here" and hears nothing for 1 s
#       where "judy here" was expected
#       then alice left, and judy's "judy here" came … ms later
#     It means   your server serves only so many clients at once (10).
#     Look at    how many threads serve clients: each client needs one of its own.

from concurrent.futures import ThreadPoolExecutor

from chat import accept, attend, echo, listen

server = listen()
pool = ThreadPoolExecutor(max_workers=10)
while True:
    client, address = accept(server)
    pool.submit(attend, lambda client, address: echo(client), client, address)
