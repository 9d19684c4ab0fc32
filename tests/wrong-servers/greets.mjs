// A client that connects is greeted: an echo says nothing of its own.
//
// check 1
//   ✗ alice says "hi" and also hears "Welcome!"
//     It means   your server sent something that was not expected at this point.
//     Look at    where your server writes this: what triggered it, and which
//                client should get it?

import { listen } from './chat.mjs';

listen((socket) => {
  socket.write('Welcome!\n');
  socket.pipe(socket);
});
