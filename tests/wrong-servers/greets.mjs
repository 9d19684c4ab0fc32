// Whoever connects is greeted: an echo says nothing of its own.
//
// check 1
//   ✗ alice says "hi" and also hears "Welcome!"
//     It means   your server says something that was not expected then.
//     Look at    who is written to, when, and how often.

import { listen } from './chat.mjs';

listen((socket) => {
  socket.write('Welcome!\n');
  socket.pipe(socket);
});
