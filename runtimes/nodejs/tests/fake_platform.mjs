// A Runtime API that plays a script: hands out events, notes what is posted, and collects the output.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const INDEX = fileURLToPath(new URL('../index.mjs', import.meta.url));
export const requestId = (number) => `8f507cfc-0000-4697-b07a-ac58fc914c9${number}`;

// Runs the client on `files` until the events are used up or it ends by itself.
export async function run(files, options = {}) {
  const { events = ['{}'], handler = 'app.handler', headers = {}, framed = true, parked = false } = options;
  const { environment = {}, environmentOf = () => ({}) } = options;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mayfly-node-'));
  const sources = typeof files === 'string' ? { 'app.js': files } : files;
  for (const [name, text] of Object.entries(sources)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  const posts = [];
  let served = 0;
  let child = null;
  let settings = {};
  const server = http.createServer(async (request, response) => {
    if (request.method === 'POST') {
      const pieces = await request.toArray().catch(() => null);
      if (pieces === null) return; // The client ended in the middle of it.
      if (request.url.includes('/rehearsal/')) {
        response.writeHead(400, { 'Content-Length': 2 }).end('{}');
        return;
      }
      posts.push({ path: request.url, headers: request.headers, trailers: request.trailers, text: Buffer.concat(pieces).toString() });
      response.writeHead(202, { 'Content-Length': 0 }).end();
      return;
    }
    if (request.url.endsWith('/settings')) {
      const document = Buffer.from(JSON.stringify(settings));
      response.writeHead(200, { 'Content-Length': document.length + 1 }).write(document);
      setImmediate(() => response.end('\n'));
      return;
    }
    if (served === events.length) {
      child.kill();
      return;
    }
    const body = Buffer.from(events[served]);
    response.writeHead(200, {
      'Lambda-Runtime-Aws-Request-Id': requestId(served),
      'Lambda-Runtime-Deadline-Ms': 99999999999999,
      'Lambda-Runtime-Invoked-Function-Arn': 'arn:aws:lambda:us-east-1:000000000000:function:f',
      'Content-Length': body.length,
      ...headers,
    });
    served += 1;
    response.end(body);
  });
  const socket = path.join(folder, 'api.sock');
  server.listen(socket);
  await once(server, 'listening');
  const start = {
    AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001',
    _MAYFLY_RUNTIME_API_SOCKET: socket,
    ...(framed ? { _LAMBDA_TELEMETRY_LOG_FD: '1' } : {}),
  };
  settings = {
    LAMBDA_TASK_ROOT: folder,
    _HANDLER: handler,
    AWS_LAMBDA_FUNCTION_NAME: 'f',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x',
    ...environment,
    ...environmentOf(folder),
  };
  // Every function has this one, so that a parked process has it already.
  if (settings.NODE_PATH) start.NODE_PATH = settings.NODE_PATH;
  const env = parked ? start : { ...start, ...settings };
  child = spawn(process.execPath, [INDEX], { stdio: ['ignore', 'pipe', 'inherit'], env });
  const [output, [code]] = await Promise.all([child.stdout.toArray(), once(child, 'close')]);
  server.close();
  server.closeAllConnections?.();
  fs.rmSync(folder, { recursive: true });
  return { posts, code, output: Buffer.concat(output), records: [...recordsOf(Buffer.concat(output))] };
}

// Frames and lines, in order.
function* recordsOf(output) {
  while (output.length > 0) {
    const framed = output[0] === 0xa5;
    const start = framed ? 16 : 0;
    const end = framed ? 16 + output.readUInt32BE(4) : output.indexOf('\n') + 1 || output.length;
    yield output.toString('utf8', start, end);
    output = output.subarray(end);
  }
}
