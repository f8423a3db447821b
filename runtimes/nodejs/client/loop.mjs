// The life of the runtime process: load the handler, then one event after the other.
import process from 'node:process';
import { setImmediate } from 'node:timers';

import { RuntimeApi } from './api.mjs';
import { contextOf } from './context.mjs';
import { RuntimeError, toDocument } from './errors.mjs';
import { load } from './handler.mjs';
import { invoke, invokeAsync } from './invocation.mjs';
import { Output } from './output.mjs';
import * as place from './place.mjs';
import { rehearse } from './rehearsal.mjs';
import { preload } from './sdk.mjs';
import { isStreaming, provideGlobal, serveStreaming } from './streaming.mjs';

const EXIT_UNHANDLED_REJECTION = 128;
const EXIT_UNCAUGHT_EXCEPTION = 129;

const CALLBACK_REMOVED =
  'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. ' +
  'You need to modify this function to use a supported handler signature to use Node.js 24 or later. ' +
  'For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.';

export async function run() {
  const api = new RuntimeApi();
  const output = new Output();
  const lastWords = new LastWords(api, output);
  try {
    if (place.isKnown()) prepare(output);
    else await waitForFunction(api, output, lastWords);
    const handler = await load(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
    const answer = isStreaming(handler) ? streamed(api, output, handler) : whole(api, output, lastWords, handler);
    await lastWords.outlive();
    for (;;) {
      const event = await api.next();
      if (event.headers['lambda-runtime-mayfly-timeout-ms'] !== undefined) output.endInit();
      const requestId = event.headers['lambda-runtime-aws-request-id'];
      output.enter(requestId, event.headers['lambda-runtime-aws-tenant-id']);
      lastWords.enter(requestId);
      setTraceId(event.headers['lambda-runtime-trace-id']);
      await answer(requestId, event);
    }
  } catch (error) {
    await lastWords.speak('Uncaught Exception', error, EXIT_UNCAUGHT_EXCEPTION);
  }
}

async function waitForFunction(api, output, lastWords) {
  preload();
  await rehearse(output, (handler) => whole(api, output, lastWords, handler));
  place.take(await api.settings());
  prepare(output);
  await api.codeIsThere();
  place.enter();
}

function prepare(output) {
  output.follow();
  provideGlobal();
}

// Answers an event with what the handler returns.
function whole(api, output, lastWords, handler) {
  const callbacks = takesCallbacks();
  const start = callbacks ? invoke : invokeAsync;
  if (!callbacks && handler.length >= 3) throw new RuntimeError('CallbackHandlerDeprecated', CALLBACK_REMOVED);
  return async (requestId, event) => {
    try {
      const result = await start(handler, JSON.parse(event.body), contextOf(event, callbacks));
      await lastWords.outlive();
      await api.respond(requestId, stringify(result));
    } catch (error) {
      await lastWords.outlive();
      output.error('Invoke Error', error);
      await api.fail(requestId, toDocument(error));
    }
  };
}

// Answers an event with what the handler writes.
function streamed(api, output, handler) {
  const callbacks = takesCallbacks();
  return async (requestId, event) => {
    const context = contextOf(event, callbacks);
    await serveStreaming(api, output, handler, requestId, JSON.parse(event.body), context);
    if (context.callbackWaitsForEmptyEventLoop) await new Promise((resolve) => process.once('beforeExit', resolve));
  };
}

// Callbacks, and waiting for what a handler left behind, have ended with Node.js 24.
function takesCallbacks() {
  return Number(/nodejs(\d+)/.exec(process.env.AWS_EXECUTION_ENV ?? '')?.[1] ?? 0) < 24;
}

function stringify(result) {
  try {
    return JSON.stringify(result === undefined ? null : result) ?? 'null';
  } catch {
    const text = 'Unable to stringify response body';
    throw takesCallbacks() ? new Error(text) : new RuntimeError('JSONStringifyError', text);
  }
}

function setTraceId(traceId) {
  if (traceId === undefined) delete process.env._X_AMZN_TRACE_ID;
  else process.env._X_AMZN_TRACE_ID = traceId;
}

// Reports an error that nobody caught, and ends the process.
class LastWords {
  #api;
  #output;
  #requestId = null;
  #areSpoken = false;

  constructor(api, output) {
    this.#api = api;
    this.#output = output;
    process.on('uncaughtException', (error) => this.speak('Uncaught Exception', error, EXIT_UNCAUGHT_EXCEPTION));
    process.on('unhandledRejection', (reason, promise) => {
      const error = Object.assign(new RuntimeError('UnhandledPromiseRejection', reason), { reason, promise });
      return this.speak('Unhandled Promise Rejection', error, EXIT_UNHANDLED_REJECTION);
    });
  }

  // Errors concern this invocation from now on, and init before.
  enter(requestId) {
    this.#requestId = requestId;
  }

  // Resolves when what was left to do at once is done, unless that ended the process: its errors and lines are of the
  // invocation that is about to end, or of the init.
  async outlive() {
    await new Promise(setImmediate);
    if (this.#areSpoken) await new Promise(() => {});
  }

  async speak(title, error, exitCode) {
    this.#areSpoken = true;
    this.#output.error(title, error);
    // While a call is on its way, its answer would come first, perhaps never: then the exit has to say it.
    if (this.#api.isBusy) process.exit(exitCode);
    try {
      const document = toDocument(error);
      await (this.#requestId === null ? this.#api.failInit(document) : this.#api.fail(this.#requestId, document));
    } finally {
      process.exit(exitCode);
    }
  }
}
