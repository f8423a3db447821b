// Runs a handler once, in whichever of Node's styles it is written: async, callback, or context.done.
import process from 'node:process';

import { RuntimeError } from './errors.mjs';

const NEVER_SETTLED =
  'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that ' +
  'was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes';

// Resolves with the handler's result, rejects with its error.
//
// A promise ends the invocation when it settles. A callback does so when the event loop has run empty, unless the
// handler set callbackWaitsForEmptyEventLoop to false. A handler that does neither ends with null, or with an error
// where it is an async function: then its promise can never settle.
export function invoke(handler, event, context) {
  return new Promise((resolve, reject) => {
    const settle = once((error, result) => (error === undefined || error === null ? resolve(result) : reject(error)));
    const isAsync = handler.constructor?.name === 'AsyncFunction';
    let atEnd = () => settle(isAsync ? new RuntimeError('NodeJsExit', NEVER_SETTLED) : null, null);
    const onEmptyLoop = () => atEnd();
    process.once('beforeExit', onEmptyLoop);
    const done = (error, result) => {
      process.removeListener('beforeExit', onEmptyLoop);
      settle(error, result);
    };
    const callback = (error, result) => {
      if (!context.callbackWaitsForEmptyEventLoop) return done(error, result);
      atEnd = () => settle(error, result);
    };
    Object.assign(context, {
      done,
      succeed: (result) => done(null, result),
      fail: (error) => done(error ?? 'handled', null),
    });
    try {
      const returned = handler(event, context, callback);
      if (typeof returned?.then === 'function') returned.then(context.succeed, (error) => done(error ?? 'null', null));
    } catch (error) {
      done(error ?? 'null', null);
    }
  });
}

// From Node 24 on, AWS knows async handlers and returned values only.
export async function invokeAsync(handler, event, context) {
  return handler(event, context);
}

function once(action) {
  let called = false;
  return (...values) => {
    if (called) return;
    called = true;
    action(...values);
  };
}
