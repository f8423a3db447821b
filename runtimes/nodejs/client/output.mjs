// Where a function's words go: console methods write records with time, request id and level.
//
// A record may span lines. When the platform names a descriptor in `_LAMBDA_TELEMETRY_LOG_FD`, each record is written
// there as one frame: type, length, time, text. Otherwise lines of one record are joined by carriage returns.
import fs from 'node:fs';
import { format } from 'node:util';

import { isError, toLogText } from './errors.mjs';

const FRAME = 0xa55a0002;
const TEXT = 1;
const HEAD_BYTES = 16;
// A level that AWS has not: no record, but where the init ends.
const END_OF_INIT = 7;
const NONE = { requestId: undefined, tenantId: undefined };
const LEVELS = { TRACE: 1, DEBUG: 2, INFO: 3, WARN: 4, ERROR: 5, FATAL: 6 };
const METHODS = { trace: 'TRACE', debug: 'DEBUG', log: 'INFO', info: 'INFO', warn: 'WARN', error: 'ERROR', fatal: 'FATAL' };

export class Output {
  #descriptor;
  #isJson = false;
  #invocation = NONE;

  constructor(environment = process.env) {
    const descriptor = environment._LAMBDA_TELEMETRY_LOG_FD;
    delete environment._LAMBDA_TELEMETRY_LOG_FD;
    this.#descriptor = descriptor === undefined ? undefined : Number(descriptor);
  }

  // Writes as the function wants it.
  follow(environment = process.env) {
    this.#isJson = environment.AWS_LAMBDA_LOG_FORMAT?.toUpperCase() === 'JSON';
    const lowest = LEVELS[environment.AWS_LAMBDA_LOG_LEVEL?.toUpperCase()] ?? 0;
    for (const [method, level] of Object.entries(METHODS)) {
      const shown = !this.#isJson || LEVELS[level] >= lowest;
      console[method] = shown ? (...values) => this.#write(level, this.#render(level, values)) : () => {};
    }
  }

  // Records belong to this invocation from now on.
  enter(requestId, tenantId) {
    this.#invocation = { requestId, tenantId };
  }

  // Records belong to none.
  leave() {
    this.#invocation = NONE;
  }

  // What follows is the invocation's, although the platform has not begun it yet.
  endInit() {
    if (this.#descriptor !== undefined) this.#writeFrame(END_OF_INIT, '');
  }

  // An error that ended an invocation, or the process.
  error(title, error) {
    const record = this.#isJson ? this.#json('ERROR', [error]) : this.#text('ERROR', `${title} \t${toLogText(error)}`);
    this.#write('ERROR', record);
  }

  #render(level, values) {
    return this.#isJson ? this.#json(level, values) : this.#text(level, format(...values));
  }

  #text(level, message) {
    return `${new Date().toISOString()}\t${this.#invocation.requestId}\t${level}\t${message}\n`;
  }

  #json(level, values) {
    const record = { timestamp: new Date().toISOString(), level, ...this.#invocation };
    if (values.length === 1) {
      try {
        return `${JSON.stringify({ ...record, message: values[0] }, errorFields)}\n`;
      } catch {
        // A value that has no JSON form is shown as text.
      }
    }
    record.message = format(...values);
    Object.assign(record, fieldsOf(values.find(isError)));
    return `${JSON.stringify(record)}\n`;
  }

  #write(level, record) {
    if (this.#descriptor === undefined) {
      process.stdout.write(`${record.trimEnd().replace(/\n/g, '\r')}\n`);
      return;
    }
    this.#writeFrame(LEVELS[level], record);
  }

  #writeFrame(level, record) {
    const length = Buffer.byteLength(record);
    const frame = Buffer.allocUnsafe(HEAD_BYTES + length);
    frame.writeUInt32BE((FRAME | (level << 2) | (this.#isJson ? 0 : TEXT)) >>> 0, 0);
    frame.writeUInt32BE(length, 4);
    frame.writeBigInt64BE(BigInt(Date.now()) * 1000n, 8);
    frame.write(record, HEAD_BYTES);
    writeAll(this.#descriptor, frame);
  }
}

function errorFields(_key, value) {
  return isError(value) ? fieldsOf(value) : value;
}

function fieldsOf(error) {
  if (!error) return {};
  const stackTrace = typeof error.stack === 'string' ? error.stack.split('\n') : [];
  return { errorType: error.constructor?.name ?? 'UnknownError', errorMessage: error.message, stackTrace };
}

// The platform empties the pipe as fast as it can; until it has, the descriptor may say "try again".
function writeAll(descriptor, bytes) {
  let written = 0;
  while (written < bytes.length) {
    try {
      written += fs.writeSync(descriptor, bytes, written);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}
