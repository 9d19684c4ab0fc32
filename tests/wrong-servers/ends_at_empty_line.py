# Nothing but white space is taken for the end: a client that sends an empty line is disconnected.
#
# check 1
#     It means   your server closed a connection too early.
#     Look at    how that client's loop can end: on an error, perhaps another
#                client's?

from chat import reads, serve


def talk(client, address):
    for data in reads(client):
        if not data.strip():
            break
        client.sendall(data)


serve(talk)
