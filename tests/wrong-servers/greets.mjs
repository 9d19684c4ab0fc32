// Whoever connects is greeted: an echo says nothing of its own.
//
// check 1

import { listen } from './chat.mjs';

listen((socket) => {
  socket.write('Welcome!\n');
  socket.pipe(socket);
});
