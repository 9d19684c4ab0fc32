# Nothing but white space is taken for the end: whoever sends an empty line is disconnected.
#
# check 1

from chat import reads, serve


def talk(client, address):
    for data in reads(client):
        if not data.strip():
            break
        client.sendall(data)


serve(talk)
