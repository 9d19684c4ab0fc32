// No more than ten clients are let in: the eleventh is disconnected at once.
//
// check 2
//     It means   your server closed a connection too early.
//     Look at    how that client's loop can end: on an error, perhaps another
//                client's?

import { listen } from './chat.mjs';

const server = listen((socket) => socket.pipe(socket));
server.maxConnections = 10;
