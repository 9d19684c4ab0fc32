// A right chat of step 3 in JavaScript: a server with a mistake imports this and does one part of it wrongly.
// As it is: node chat.mjs ADDRESS

import net from 'node:net';

export function listen(connect) {
  const [host, port] = process.argv[2].split(':');
  const server = net.createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {}); // What follows is 'close'.
    connect(socket);
  });
  server.listen({ host, port, backlog: 1024 }, () => {
    console.log(`Listening on ${host}:${server.address().port} ...`);
  });
  return server;
}

export class Chat {
  clients = [];

  connect(socket) {
    socket.who = `${socket.remoteAddress}:${socket.remotePort}`;
    this.tellAll(`${socket.who} joined the chat.`);
    this.clients.push(socket);
    socket.on('data', (data) => this.say(socket, data));
    socket.on('end', () => this.leave(socket));
    socket.on('close', () => this.leave(socket));
  }

  tellAll(line) {
    // As latin1, bytes that are no text pass as they are.
    this.clients.forEach((client) => client.write(`${line}\n`, 'latin1'));
  }

  say(socket, data) {
    const text = data.toString('latin1').replace(/^[ \t\n\f\r]+|[ \t\n\f\r]+$/g, '');
    this.tellAll(`${socket.who} says: ${text}`);
  }

  leave(socket) {
    if (this.clients.includes(socket)) {
      this.clients.splice(this.clients.indexOf(socket), 1);
      this.tellAll(`${socket.who} left the chat.`);
    }
  }

  serve() {
    listen((socket) => this.connect(socket));
  }
}

if (process.argv[1].endsWith('chat.mjs')) {
  new Chat().serve();
}
