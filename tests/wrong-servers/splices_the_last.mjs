// A client is taken out of the list at its 'end', and again at its 'close', where its place is -1: that takes
// out who came last, and it hears nothing any more.
//
// check 3

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
