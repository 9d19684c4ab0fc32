// A client is taken out of the list at its 'end', and again at its 'close', where its place is -1: that takes
// out who came last, and it hears nothing any more.
//
// check 3
//   ✗ bob leaves, then alice says "ping 4", and carol hears nothing for 1 s
//       where "{alice} says: ping 4" was expected
//     It means   your server did not say what was expected, and this check does
//                not know why.
//     Look at    what it waits in: who would have to do something for it to go on?
//                If nobody, it has done what it knows: what does it write, and to
//                whom?

import { Chat } from './chat.mjs';

class Mistaken extends Chat {
  leave(socket) {
    this.clients.splice(this.clients.indexOf(socket), 1);
    if (!socket.hasLeft) {
      socket.hasLeft = true;
      this.tellAll(`${socket.who} left the chat.`);
    }
  }
}

new Mistaken().serve();
