// Both 'end' and 'close' say that a client left: if it leaves in order, everybody hears it twice.
//
// check 3

import { Chat } from './chat.mjs';

class Mistaken extends Chat {
  leave(socket) {
    this.clients = this.clients.filter((other) => other !== socket);
    this.tellAll(`${socket.who} left the chat.`);
  }
}

new Mistaken().serve();
