// A client that connects is greeted: an echo says nothing of its own.
//
// check 1
//   ✗ alice says "hi" and also hears "Welcome!"
//     It means   your server says something that was not expected then.
//     Look at    where your server writes this: what led to it, and who should get
//                it?

import { listen } from './chat.mjs';

listen((socket) => {
  socket.write('Welcome!\n');
  socket.pipe(socket);
});
