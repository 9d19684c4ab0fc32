// A client is taken out of the list at its 'end', and again at its 'close', where its place is -1: that takes
// out who came last, and it hears nothing any more.
//
// check 3
//   ✗ bob leaves, then alice says "ping 4", and carol hears nothing for 1 s
//       where "{alice} says: ping 4" was expected
//     It means   the expected reply never came. Cause unknown.
//     Look at    the call it is blocked in: what would unblock it? If nothing is
//                blocked, check what it writes and to which client.

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
