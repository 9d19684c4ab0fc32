// No more than ten clients are let in: the eleventh is disconnected at once.
//
// check 2

import { listen } from './chat.mjs';

const server = listen((socket) => socket.pipe(socket));
server.maxConnections = 10;
