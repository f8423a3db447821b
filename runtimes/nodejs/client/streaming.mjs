// Handlers that write their response piece by piece: `awslambda.streamifyResponse(async (event, stream, context) => …)`.
import { Writable } from 'node:stream';

import { RuntimeError, toDocument } from './errors.mjs';

const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');
const HIGH_WATER_MARK = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark');
const RESPONSE = 'response';

const PRELUDE_CONTENT_TYPE = 'application/vnd.awslambda.http-integration-response';
const PRELUDE_END = new Uint8Array(8);

// What functions find as `awslambda`, without importing anything.
export function provideGlobal(environment = process.env) {
  if (['1', 'true'].includes(environment.AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA)) return;
  // The SDK puts something there, too.
  globalThis.awslambda = Object.assign(globalThis.awslambda ?? {}, { streamifyResponse, HttpResponseStream });
}

function streamifyResponse(handler, options) {
  handler[STREAMING] = RESPONSE;
  if (typeof options?.highWaterMark === 'number') handler[HIGH_WATER_MARK] = Math.trunc(options.highWaterMark);
  return handler;
}

// Makes the response one of HTTP: what it begins with is its status, headers and cookies.
class HttpResponseStream {
  static from(stream, prelude) {
    stream.setContentType(PRELUDE_CONTENT_TYPE);
    const head = JSON.stringify(prelude);
    stream._onBeforeFirstWrite = (write) => {
      write(head);
      write(PRELUDE_END);
    };
    return stream;
  }
}

export function isStreaming(handler) {
  const mode = handler[STREAMING] ?? false;
  if (mode !== false && mode !== RESPONSE) {
    throw new RuntimeError('MalformedStreamingHandler', 'Only response streaming is supported.');
  }
  return mode === RESPONSE;
}

// Runs the handler until its response has ended and was taken. An error becomes the response, or follows what was
// written of it.
export async function serveStreaming(api, output, handler, requestId, event, context) {
  const stream = new ResponseStream(api, requestId, handler[HIGH_WATER_MARK]);
  try {
    const returned = handler(event, stream, context);
    if (typeof returned?.then !== 'function') throw new Error('Streaming does not support non-async handlers.');
    if ((await returned) !== undefined) console.warn('Streaming handlers ignore return values.');
    await stream.ended;
  } catch (error) {
    output.error('Invoke Error', error);
    await stream.fail(toDocument(error));
  }
}

class ResponseStream extends Writable {
  #api;
  #requestId;
  #contentType = 'application/octet-stream';
  #response = null;
  // The platform's answer, once the response is over.
  #answer = null;
  #end;
  // What libraries that know AWS's client set to write ahead of the first piece.
  _onBeforeFirstWrite = null;

  constructor(api, requestId, highWaterMark) {
    super({ ...(highWaterMark > 0 ? { highWaterMark } : {}) });
    this.#api = api;
    this.#requestId = requestId;
    this.ended = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.once('error', reject);
    });
    // Whoever runs the handler hears of errors; when it has gone, nobody needs to.
    this.ended.catch(() => {});
    // A handler that never ends its response runs into its timeout, as on AWS.
    api.hold();
  }

  setContentType(contentType) {
    if (this.#response) throw new RuntimeError('InvalidStreamingOperation', 'Cannot set content-type, too late.');
    this.#contentType = contentType;
  }

  // Values that are neither text nor bytes are written as JSON.
  write(chunk, ...rest) {
    const isPlain = typeof chunk === 'string' || chunk instanceof Uint8Array;
    return super.write(isPlain ? chunk : JSON.stringify(chunk), ...rest);
  }

  // An empty chunk would end the body.
  // What a handler leaves behind may write on when the response is over.
  _write(chunk, _encoding, callback) {
    if (chunk.length === 0 || this.#answer) callback();
    else this.#opened(callback, (response) => response.write(chunk, callback));
  }

  _final(callback) {
    const settle = () => {
      this.#answer.then(() => {
        this.#end();
        callback();
      }, callback);
    };
    if (this.#answer) {
      settle();
      return;
    }
    this.#opened(callback, (response) => {
      this.#answer = response.end();
      settle();
    });
  }

  // The error is the response where none has begun. Behind one that has ended there is no place for it.
  async fail(document) {
    if (!this.writableEnded && !this.destroyed) await new Promise((written) => super.write('', written));
    this.#answer ??= this.#response ? this.#response.end(document) : this.#api.fail(this.#requestId, document);
    await this.#answer;
  }

  // What the function has written ahead of the first piece may throw: then no response has begun.
  #opened(callback, use) {
    try {
      this.#open();
    } catch (error) {
      callback(error);
      return;
    }
    use(this.#response);
  }

  #open() {
    if (this.#response) return;
    const ahead = [];
    this._onBeforeFirstWrite?.((piece) => ahead.push(Buffer.from(piece)));
    this.#response = this.#api.openResponse(this.#requestId, this.#contentType);
    ahead.forEach((piece) => this.#response.write(piece));
  }
}
