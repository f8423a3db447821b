// Plays a first invocation before there is a function.
//
// A process that waits for its function has time. What it would do for the first time while somebody waits for the
// answer, it does now: compile the client's own functions, set up Node's loaders, read from and write to the
// connection. It leaves nothing behind that a function can see.
import { createRequire } from 'node:module';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { load } from './handler.mjs';
import * as place from './place.mjs';

const FOLDER = fileURLToPath(new URL('../rehearsal', import.meta.url));

// The platform refuses an answer to an invocation that does not exist, which is an answer too.
const REQUEST_ID = 'rehearsal';
const EVENT = {
  headers: {
    'lambda-runtime-aws-request-id': REQUEST_ID,
    'lambda-runtime-mayfly-timeout-ms': '0',
    'lambda-runtime-invoked-function-arn': '',
  },
  body: '"rehearsal"',
};

// Caches of the engine's are there from the second time on.
const ROUNDS = 3;

// Threads of the engine's compile what has run more than once; what they have made is taken over by the next code that
// runs.
const REST_MS = 10;

// `answering` makes a handler into what answers an event, as for the function.
export async function rehearse(output, answering) {
  const before = { folder: process.cwd(), variables: { ...process.env } };
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      await play(output, answering);
      await rest();
    }
  } catch {
    // Whatever is wrong shows again when it matters.
  } finally {
    restore(before);
    output.leave();
  }
}

async function play(output, answering) {
  place.take({ LAMBDA_TASK_ROOT: FOLDER, _HANDLER: 'index.handler' });
  output.follow();
  place.enter();
  // Not by `load`, which for ES modules has Node search the function's layers from then on.
  const module = await import('../rehearsal/module.mjs');
  for (const handler of [await load(FOLDER, process.env._HANDLER), module.handler]) {
    output.enter(REQUEST_ID);
    await answering(handler)(REQUEST_ID, EVENT);
  }
  forget();
}

function rest() {
  return new Promise((resolve) => {
    setTimeout(resolve, REST_MS);
  });
}

function forget() {
  const { cache } = createRequire(import.meta.url);
  for (const file of Object.keys(cache).filter((name) => name.startsWith(FOLDER))) delete cache[file];
}

function restore({ folder, variables }) {
  process.chdir(folder);
  for (const name of Object.keys(process.env)) {
    if (!(name in variables)) delete process.env[name];
  }
  Object.assign(process.env, variables);
}
