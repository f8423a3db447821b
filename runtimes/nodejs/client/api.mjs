// The Runtime API over one kept connection.
//
// This is the warm path, so there is no HTTP library on it: the server sends every answer with a Content-Length and
// header names that are known, which leaves little to parse.
import net from 'node:net';

const PREFIX = '/2018-06-01/runtime/';
const NEXT = 'invocation/next';
const ERROR_TYPE = 'Lambda-Runtime-Function-Error-Type';
const ERROR_BODY = 'Lambda-Runtime-Function-Error-Body';
const HEAD_END = Buffer.from('\r\n\r\n');

export class RuntimeApi {
  #socket;
  #host;
  #pieces = [];
  #missing = 0;
  #answer = null;
  // There has been an event, and so there may be a next one.
  #isServing = false;
  // The next event was asked for together with the last response.
  #hasAsked = false;
  // The answer to a response comes before the event, and nobody waits for it.
  #isResponseUnanswered = false;
  // The event that was there before it was asked for.
  #ahead = null;
  // How much of an answer may come later, and how much of the last one still has to.
  #heldBack = 0;
  #owed = 0;

  constructor(environment = process.env) {
    this.#host = environment.AWS_LAMBDA_RUNTIME_API;
    this.#socket = connect(environment._MAYFLY_RUNTIME_API_SOCKET, this.#host);
    this.#socket.unref();
    // Nobody else's business.
    delete environment._MAYFLY_RUNTIME_API_SOCKET;
    this.#socket.on('data', (bytes) => this.#take(bytes));
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#fail(new Error('the Runtime API closed the connection')));
  }

  // Whether a call waits for its answer.
  get isBusy() {
    return this.#answer !== null;
  }

  // Waits for the function that this process is to serve: those of its variables that are not here yet.
  async settings() {
    this.#heldBack = 1;
    const { status, body } = await this.#call('GET', 'mayfly/settings', null, '');
    if (status !== 200) throw new Error(`the Runtime API answered ${status} to settings: ${body}`);
    return JSON.parse(body);
  }

  // The last byte of the settings comes when the function's code is there.
  async codeIsThere() {
    if (this.#owed > 0) await this.#expect('');
  }

  // Waits for the next event, however long that takes.
  async next() {
    this.#isServing = true;
    const request = this.#hasAsked ? '' : this.#request('GET', NEXT, null, '');
    this.#hasAsked = false;
    const { status, headers, body } = await this.#eventTo(request);
    if (status !== 200) throw new Error(`the Runtime API answered ${status} to next: ${body}`);
    return { headers, body };
  }

  #eventTo(request) {
    const event = this.#ahead;
    if (event === null) return this.#expect(request);
    this.#ahead = null;
    this.#socket.write(request);
    return event;
  }

  // Asks for the next event at once: a response that is refused, because it is too large, is the platform's to report.
  respond(requestId, body) {
    const path = `invocation/${requestId}/response`;
    const response = this.#request('POST', path, body, 'Content-Type: application/json\r\n');
    if (!this.#isServing) return this.#expect(response);
    this.#hasAsked = this.#isResponseUnanswered = true;
    this.#socket.write(response + this.#request('GET', NEXT, null, ''));
    return undefined;
  }

  // Begins a response that is written piece by piece: `write(bytes, done)`, then `end()`, or `end(document)` for an
  // error that came too late to be the response.
  openResponse(requestId, contentType) {
    const answer = this.#expect(
      `${this.#head('POST', `invocation/${requestId}/response`)}Content-Type: ${contentType}\r\n` +
        'Lambda-Runtime-Function-Response-Mode: streaming\r\n' +
        `Transfer-Encoding: chunked\r\nTrailer: ${ERROR_TYPE}, ${ERROR_BODY}\r\n\r\n`,
    );
    return {
      write: (bytes, done) => this.#writeChunk(bytes, done),
      end: (document) => {
        this.#socket.write(`0\r\n${document ? trailersOf(document) : ''}\r\n`);
        return answer;
      },
    };
  }

  // Keeps the event loop alive until the next answer, as a response that is open does.
  hold() {
    this.#socket.ref();
  }

  fail(requestId, document) {
    return this.#report(`invocation/${requestId}/error`, document);
  }

  failInit(document) {
    return this.#report('init/error', document);
  }

  #report(path, document) {
    const headers = `Content-Type: application/json\r\n${ERROR_TYPE}: ${typeOf(document)}\r\n`;
    return this.#call('POST', path, JSON.stringify(document), headers);
  }

  #call(method, path, body, headers) {
    return this.#expect(this.#request(method, path, body, headers));
  }

  #request(method, path, body, headers) {
    const length = body === null ? '' : `Content-Length: ${Buffer.byteLength(body)}\r\n`;
    return `${this.#head(method, path)}${headers}${length}\r\n${body ?? ''}`;
  }

  #head(method, path) {
    return `${method} ${PREFIX}${path} HTTP/1.1\r\nHost: ${this.#host}\r\n`;
  }

  // One call at a time. Between calls the connection does not keep the event loop alive: a handler that waits for
  // an empty event loop must see it empty.
  async #expect(request) {
    const answer = new Promise((resolve, reject) => {
      this.#answer = { resolve, reject };
    });
    this.#socket.ref();
    if (request) this.#socket.write(request);
    try {
      return await answer;
    } finally {
      this.#answer = null;
      this.#socket.unref();
    }
  }

  #writeChunk(bytes, done) {
    this.#socket.cork();
    this.#socket.write(`${bytes.length.toString(16)}\r\n`);
    this.#socket.write(bytes);
    this.#socket.write('\r\n', done);
    this.#socket.uncork();
  }

  #take(bytes) {
    if (this.#owed > 0) {
      this.#take(bytes.subarray(this.#takeOwed()));
      return;
    }
    this.#pieces.push(bytes);
    this.#missing -= bytes.length;
    if (this.#missing > 0) return;
    let rest = this.#pieces.length === 1 ? bytes : Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#missing = 0;
    while (rest.length > 0) {
      const { answer, end, missing } = parse(rest, this.#heldBack);
      if (missing > this.#heldBack) {
        this.#pieces = [rest];
        this.#missing = missing - this.#heldBack;
        return;
      }
      this.#owed = missing;
      this.#heldBack = 0;
      rest = rest.subarray(end);
      this.#heed(answer);
    }
  }

  #takeOwed() {
    const length = this.#owed;
    this.#owed = 0;
    this.#resolve();
    return length;
  }

  #heed(answer) {
    if (this.#isResponseUnanswered) this.#isResponseUnanswered = false;
    else if (this.#answer) this.#resolve(answer);
    else this.#ahead = answer;
  }

  // What comes next is no answer to the same call.
  #resolve(answer) {
    this.#answer?.resolve(answer);
    this.#answer = null;
  }

  #fail(error) {
    this.#answer?.reject(error);
  }
}

function trailersOf(document) {
  const body = Buffer.from(JSON.stringify(document)).toString('base64');
  return `${ERROR_TYPE}: ${typeOf(document)}\r\n${ERROR_BODY}: ${body}\r\n`;
}

// As a header can carry it.
function typeOf(document) {
  return String(document.errorType).replace(/[^\x20-\x7e]/g, '');
}

function connect(path, host) {
  if (path) return net.connect({ path });
  const [address, port] = host.split(':');
  const socket = net.connect({ host: address, port: Number(port) });
  socket.setNoDelay(true);
  return socket;
}

// The answer, where it ends, and how many bytes of it are missing at least.
function parse(bytes, heldBack) {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return { missing: heldBack + 1 };
  const lines = bytes.toString('utf8', 0, headEnd).split('\r\n');
  const headers = {};
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(': ');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 2);
  }
  const bodyStart = headEnd + HEAD_END.length;
  const end = bodyStart + Number(headers['content-length']);
  const missing = Math.max(end - bytes.length, 0);
  if (missing > heldBack) return { missing };
  const body = bytes.toString('utf8', bodyStart, end);
  return { missing, end, answer: { status: Number(lines[0].split(' ', 2)[1]), headers, body } };
}
