// Both 'end' and 'close' say that a client left: if it leaves in order, everybody hears it twice.
//
// check 3
//   ✗ bob leaves, then alice says "ping 4" and also hears "{bob} left the chat."
//     It means   your server sent something that was not expected at this point.
//     Look at    where your server writes this: what triggered it, and which
//                client should get it?

import { Chat } from './chat.mjs';

class Mistaken extends Chat {
  leave(socket) {
    this.clients = this.clients.filter((other) => other !== socket);
    this.tellAll(`${socket.who} left the chat.`);
  }
}

new Mistaken().serve();
