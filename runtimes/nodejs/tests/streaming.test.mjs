// Streaming handlers against a fake Runtime API.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { requestId, run } from './fake_platform.mjs';

const ID = requestId(0);

const streamify = (body) => `exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {${body}});`;

async function post(files, options) {
  const { posts } = await run(files, options);
  return posts[0];
}

function lateError(trailers) {
  const body = Buffer.from(trailers['lambda-runtime-function-error-body'], 'base64').toString();
  return { type: trailers['lambda-runtime-function-error-type'], ...JSON.parse(body) };
}

test('what a handler writes is posted in streaming mode', async () => {
  const { path, headers, text, trailers } = await post(streamify('stream.write("a"); stream.write(Buffer.from("b")); stream.end("c");'));
  assert.equal(path, `/2018-06-01/runtime/invocation/${ID}/response`);
  assert.equal(headers['lambda-runtime-function-response-mode'], 'streaming');
  assert.equal(headers['transfer-encoding'], 'chunked');
  assert.equal(headers['content-type'], 'application/octet-stream');
  assert.deepEqual([text, trailers], ['abc', {}]);
});

test('each event has a stream of its own', async () => {
  const { posts } = await run(streamify('stream.end(String(event));'), { events: ['1', '2', '3'] });
  assert.deepEqual(posts.map((each) => each.text), ['1', '2', '3']);
});

test('other values are written as JSON', async () => {
  assert.equal((await post(streamify('stream.write({ a: 1 }); stream.end();'))).text, '{"a":1}');
});

test('an HTTP response begins with its metadata and eight NUL bytes', async () => {
  const code = streamify(`
    stream = awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { 'X-A': 'b' } });
    stream.write('body'); stream.end();`);
  const { headers, text } = await post(code);
  assert.equal(headers['content-type'], 'application/vnd.awslambda.http-integration-response');
  assert.equal(text, `{"statusCode":201,"headers":{"X-A":"b"}}${'\0'.repeat(8)}body`);
});

test('ES modules find the global, and pipelines end the stream', async () => {
  const files = {
    'app.mjs': `import { pipeline } from 'node:stream/promises';
      import { Readable } from 'node:stream';
      export const handler = awslambda.streamifyResponse((event, stream) => pipeline(Readable.from(['x', 'y']), stream));`,
  };
  assert.equal((await post(files)).text, 'xy');
});

test('a large response arrives whole and in order', async () => {
  const code = streamify(`
    for (let i = 0; i < 200; i += 1) {
      if (!stream.write(String(i).padStart(20000, '.'))) await new Promise((resolve) => stream.once('drain', resolve));
    }
    stream.end();`);
  const { text } = await post(code);
  assert.equal(text.length, 200 * 20000);
  assert.ok(text.endsWith('.199'));
});

test('an error before the first byte is the response', async () => {
  const { path, text } = await post(streamify('throw new TypeError("early");'));
  assert.equal(path, `/2018-06-01/runtime/invocation/${ID}/error`);
  assert.deepEqual([JSON.parse(text).errorType, JSON.parse(text).errorMessage], ['TypeError', 'early']);
});

test('an error of the metadata is the response', async () => {
  for (const last of ['stream.write("x"); stream.end();', 'stream.end("x");']) {
    const code = `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
      stream = awslambda.HttpResponseStream.from(stream, undefined);
      ${last}
    });`;
    const { posts } = await run(code);
    assert.match(posts[0].path, /\/error$/);
    assert.equal(JSON.parse(posts[0].text).errorType, 'TypeError');
  }
});

test('an error behind the first byte is in the trailers, and what was written stays', async () => {
  const { posts, records } = await run(streamify('stream.write("x".repeat(100000)); throw new TypeError("late");'), { events: ['1', '2'] });
  assert.equal(posts.length, 2);
  assert.equal(posts[0].text.length, 100000);
  const error = lateError(posts[0].trailers);
  assert.deepEqual([error.type, error.errorType, error.errorMessage], ['TypeError', 'TypeError', 'late']);
  assert.match(records[0], /\tERROR\tInvoke Error \t/);
});

test('an error of a pipeline is in the trailers', async () => {
  const code = `const { pipeline } = require('node:stream/promises');
    async function* source() { yield 'half'; throw new RangeError('broken'); }
    exports.handler = awslambda.streamifyResponse((event, stream) => pipeline(source, stream));`;
  const { text, trailers } = await post(code);
  assert.equal(text, 'half');
  assert.equal(lateError(trailers).errorMessage, 'broken');
});

test('misuse has AWS’s texts', async () => {
  const late = await post(streamify('stream.write("x"); stream.setContentType("text/html");'));
  assert.deepEqual(lateError(late.trailers).type, 'Runtime.InvalidStreamingOperation');
  const sync = await post('exports.handler = awslambda.streamifyResponse((event, stream) => { stream.end("x"); });');
  assert.equal(sync.path.endsWith('/response'), true);
  const never = await post('exports.handler = awslambda.streamifyResponse(() => {});');
  assert.equal(JSON.parse(never.text).errorMessage, 'Streaming does not support non-async handlers.');
  const code = "exports.handler = () => {}; exports.handler[Symbol.for('aws.lambda.runtime.handler.streaming')] = 'request';";
  const { path, text } = await post(code);
  assert.equal(path, '/2018-06-01/runtime/init/error');
  assert.equal(JSON.parse(text).errorType, 'Runtime.MalformedStreamingHandler');
});

test('what a handler left behind runs to its end before the next event, unless it says otherwise', async () => {
  const code = (waits) => `let late = 'no';
    exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {
      context.callbackWaitsForEmptyEventLoop = ${waits};
      stream.end(late);
      setTimeout(() => { late = 'yes'; }, 100);
    });`;
  const second = async (waits) => (await run(code(waits), { events: ['1', '2'] })).posts[1].text;
  assert.equal(await second(true), 'yes');
  assert.equal(await second(false), 'no');
});

test('Node 24 streams too', async () => {
  const environment = { AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' };
  assert.equal((await post(streamify('stream.end("24");'), { environment })).text, '24');
});

test('an uncaught exception in mid-stream ends the process with 129', async () => {
  const code = streamify('stream.write("x"); setTimeout(() => { throw new Error("boom"); }, 10); await new Promise((r) => setTimeout(r, 500));');
  const { code: exitCode } = await run(code);
  assert.equal(exitCode, 129);
});

test('the global can be left out', async () => {
  const environment = { AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA: 'true' };
  assert.equal((await post('exports.handler = async () => typeof awslambda;', { environment })).text, '"undefined"');
});
