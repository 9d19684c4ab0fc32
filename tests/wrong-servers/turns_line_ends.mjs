// The line ends of Windows come back as those of Unix: each `\r\n` loses its `\r`.
//
// check 1
//     It means   your server sent something else than what was expected.
//     Look at    the two texts above: where do they differ first, and where does
//                your server write that?

import { listen } from './chat.mjs';

listen((socket) => {
  socket.on('data', (data) => {
    const text = data.toString('latin1').replaceAll('\r\n', '\n');
    socket.write(text, 'latin1');
  });
});
