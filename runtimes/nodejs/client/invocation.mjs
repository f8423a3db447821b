// Runs a handler once, in whichever of Node's styles it is written: async, callback, or context.done.
import process from 'node:process';

// Resolves with the handler's result, rejects with its error.
//
// A promise ends the invocation when it settles. A callback does so when the event loop has run empty, unless the
// handler set callbackWaitsForEmptyEventLoop to false. A handler that does neither ends with null.
export function invoke(handler, event, context) {
  return new Promise((resolve, reject) => {
    const settle = once((error, result) => (error === undefined || error === null ? resolve(result) : reject(error)));
    let atEnd = () => settle(null, null);
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
  delete context.callbackWaitsForEmptyEventLoop;
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
