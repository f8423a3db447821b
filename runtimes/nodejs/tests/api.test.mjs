// What the platform sends in one go may come in any pieces.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';

import { RuntimeApi } from '../client/api.mjs';

const SETTINGS = '{"A":"1"}';
const EVENT = '{"first":true}';

const answer = (body, header = '') => `HTTP/1.1 200 OK\r\n${header}Content-Length: ${body.length}\r\n\r\n${body}`;

// The settings, their last byte, and an event that nobody has asked for yet.
const AHEAD = answer(`${SETTINGS}\n`) + answer(EVENT, 'Lambda-Runtime-Mayfly-Timeout-Ms: 3000\r\n');

// Answers what is asked first with these pieces, and notes all that is asked.
async function withPlatform(pieces, talk) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mayfly-api-'));
  const asked = [];
  const sockets = [];
  const server = net.createServer((socket) => {
    sockets.push(socket);
    socket.on('data', (bytes) => asked.push(...String(bytes).match(/[A-Z]+ \S+(?= HTTP)/g)));
    socket.once('data', async () => {
      for (const piece of pieces) {
        await new Promise((resolve) => socket.write(piece, resolve));
        await new Promise(setImmediate);
      }
    });
  });
  const socket = path.join(folder, 'api.sock');
  server.listen(socket);
  await once(server, 'listening');
  const api = new RuntimeApi({ AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001', _MAYFLY_RUNTIME_API_SOCKET: socket });
  try {
    await talk(api, asked);
  } finally {
    sockets.forEach((socket) => socket.destroy());
    server.close();
    fs.rmSync(folder, { recursive: true });
  }
}

test('an event that comes ahead waits until it is asked for, however it comes', async () => {
  const cuts = [...Array(AHEAD.length).keys()].map((at) => [AHEAD.slice(0, at), AHEAD.slice(at)].filter(Boolean));
  await Promise.all(
    cuts.map((pieces) =>
      withPlatform(pieces, async (api, asked) => {
        assert.deepEqual(await api.settings(), { A: '1' });
        await api.codeIsThere();
        await new Promise((resolve) => setTimeout(resolve, 20));
        const { headers, body } = await api.next();
        assert.deepEqual([body, headers['lambda-runtime-mayfly-timeout-ms']], [EVENT, '3000'], `cut at ${pieces[0].length}`);
        while (asked.length < 2) await new Promise(setImmediate);
        assert.equal(asked[1], 'GET /2018-06-01/runtime/invocation/next');
      }),
    ),
  );
});
