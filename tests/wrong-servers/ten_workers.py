# Ten threads serve: the eleventh client waits until one of the ten has left.
#
# check 2

from concurrent.futures import ThreadPoolExecutor

from chat import accept, attend, echo, listen

server = listen()
pool = ThreadPoolExecutor(max_workers=10)
while True:
    client, address = accept(server)
    pool.submit(attend, lambda client, address: echo(client), client, address)
