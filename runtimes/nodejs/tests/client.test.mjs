// The client against a fake Runtime API: what it posts and what it writes, in AWS's words.
import assert from 'node:assert/strict';
import module from 'node:module';
import { test } from 'node:test';

import { requestId, run } from './fake_platform.mjs';

const ID = requestId(0);
const NODE_24 = { AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' };

async function result(files, options) {
  const { posts } = await run(files, options);
  assert.equal(posts[0].path, `/2018-06-01/runtime/invocation/${ID}/response`);
  return posts[0].text;
}

async function failure(files, options) {
  const ran = await run(files, options);
  const document = JSON.parse(ran.posts[0].text);
  assert.deepEqual(Object.keys(document), ['errorType', 'errorMessage', 'trace']);
  assert.equal(ran.posts[0].headers['lambda-runtime-function-error-type'], document.errorType);
  return { ...ran, document, path: ran.posts[0].path };
}

test('an async handler answers each event', async () => {
  const ran = await run('exports.handler = async (event) => ({ n: event.n + 1 });', { events: ['{"n":1}', '{"n":2}'] });
  assert.deepEqual(ran.posts.map((post) => post.text), ['{"n":2}', '{"n":3}']);
});

test('a parked client takes on the variables, the folder and the time zone of its function', async () => {
  const code = `exports.handler = async () =>
    [process.env.MINE, process.cwd() === process.env.LAMBDA_TASK_ROOT, new Date(0).getTimezoneOffset(),
     Object.keys(process.env).filter((name) => /MAYFLY|LOG_FD/.test(name))];`;
  const environment = { MINE: 'ü', TZ: 'Asia/Tokyo' };
  assert.deepEqual(JSON.parse(await result(code, { parked: true, environment })), ['ü', true, -540, []]);
});

test('a parked client leaves nothing of its rehearsal to the function', async () => {
  const code = `exports.handler = async () => [
    Object.keys(require.cache), Object.entries(process.env).filter((entry) => entry.join().includes('rehearsal')),
    Object.keys(process.env).includes('_X_AMZN_TRACE_ID'), Object.keys(globalThis).sort(), process.eventNames()];`;
  const [parked, started] = await Promise.all([true, false].map((parked) => result(code, { parked })));
  const seen = (answer) => JSON.parse(answer.replace(/[^"]*(app.js)"/, '$1"'));
  assert.deepEqual(seen(parked), seen(started));
  assert.deepEqual(seen(parked).slice(0, 3), [['app.js'], [], false]);
});

test('a parked client’s init belongs to no invocation', async () => {
  const code = 'console.log("cold"); exports.handler = async () => {};';
  for (const [format, id] of [['Text', /\tundefined\tINFO\tcold/], ['JSON', /"level":"INFO","message":"cold"/]]) {
    const { records } = await run(code, { parked: true, environment: { AWS_LAMBDA_LOG_FORMAT: format } });
    assert.match(records[0], id);
  }
});

test('a parked client imports nothing from NODE_PATH that another would not', async () => {
  const files = {
    'app.js': 'exports.handler = async () => import("dep").then(() => "found", (error) => error.code);',
    'layer/node_modules/dep/package.json': '{"name":"dep","exports":"./index.mjs"}',
    'layer/node_modules/dep/index.mjs': '',
  };
  const environmentOf = (folder) => ({ NODE_PATH: `${folder}/layer/node_modules` });
  const [parked, started] = await Promise.all([true, false].map((parked) => result(files, { parked, environmentOf })));
  assert.equal(parked, started);
});

test('a parked client fails as any other', async () => {
  const [parked, started] = await Promise.all(
    [true, false].map((parked) => failure({}, { parked, environmentOf: () => ({ LAMBDA_TASK_ROOT: '/tmp' }) })),
  );
  assert.equal(parked.path, '/2018-06-01/runtime/init/error');
  const told = ({ document, code }) => [document.errorType, document.errorMessage, code];
  assert.deepEqual(told(parked), told(started));
});

test('a handler that returns nothing answers null', async () => {
  assert.equal(await result('exports.handler = async () => {};'), 'null');
  assert.equal(await result('exports.handler = () => {};'), 'null');
});

test('a callback waits for the event loop to run empty', async () => {
  const code = `let late = 'no';
    exports.handler = (event, context, callback) => {
      setTimeout(() => { late = 'yes'; }, 50);
      callback(null, { get late() { return late; } });
    };`;
  assert.equal(await result(code), '{"late":"yes"}');
});

test('a callback does not wait when the function says so', async () => {
  const code = `exports.handler = (event, context, callback) => {
      context.callbackWaitsForEmptyEventLoop = false;
      setInterval(() => {}, 1000);
      callback(null, 'now');
    };`;
  assert.equal(await result(code), '"now"');
});

test('a promise that never settles answers null when nothing is left to wait for', async () => {
  assert.equal(await result('exports.handler = () => new Promise(() => {});'), 'null');
});

test('an async handler whose promise never settles fails', async () => {
  const { document, path } = await failure('exports.handler = async () => new Promise(() => {});');
  assert.equal(path, `/2018-06-01/runtime/invocation/${ID}/error`);
  assert.equal(document.errorType, 'Runtime.NodeJsExit');
  assert.match(document.errorMessage, /^The Lambda runtime client detected an unexpected Node.js exit code\. /);
});

test('a large event arrives whole', async () => {
  const events = [JSON.stringify('x'.repeat(3000000))];
  assert.equal(await result('exports.handler = async (event) => event.length;', { events }), '3000000');
});

test('ES modules are found by their ending and by package.json', async () => {
  const code = 'export const handler = async () => "module";';
  assert.equal(await result({ 'app.mjs': code }), '"module"');
  assert.equal(await result({ 'app.js': code, 'package.json': '{"type":"module"}' }), '"module"');
});

test('ES modules find packages on NODE_PATH, and their own first', async () => {
  const dependency = (name, text) => ({
    [`${name}/package.json`]: '{"name":"dep","exports":"./index.mjs"}',
    [`${name}/index.mjs`]: `export default '${text}';`,
  });
  const files = { 'app.mjs': 'import dep from "dep"; export const handler = async () => dep;', ...dependency('layer/node_modules/dep', 'layer') };
  const nodePath = (folder) => ({ NODE_PATH: `/absent/node_modules:${folder}/layer/node_modules` });
  assert.equal(await result(files, { environmentOf: nodePath }), '"layer"');
  assert.equal(await result({ ...files, ...dependency('node_modules/dep', 'own') }, { environmentOf: nodePath }), '"own"');
});

test('what other code imports is found on NODE_PATH, too', async () => {
  const files = {
    'app.js': 'const dep = import /* here */ ("dep"); exports.handler = async () => (await dep).default;',
    'layer/node_modules/dep/package.json': '{"name":"dep","exports":"./index.mjs"}',
    'layer/node_modules/dep/index.mjs': 'export default "layer";',
  };
  const environmentOf = (folder) => ({ NODE_PATH: `${folder}/layer/node_modules` });
  assert.equal(await result(files, { environmentOf }), '"layer"');
});

test('what is imported by other files than the handler’s is found where that costs no thread', async () => {
  const files = {
    'app.js': 'exports.handler = require("./lib").load;',
    'lib.js': 'exports.load = () => import("dep").then((found) => found.default, (error) => error.code);',
    'layer/node_modules/dep/package.json': '{"name":"dep","exports":"./index.mjs"}',
    'layer/node_modules/dep/index.mjs': 'export default "layer";',
  };
  const environmentOf = (folder) => ({ NODE_PATH: `${folder}/layer/node_modules` });
  const expected = module.registerHooks ? 'layer' : 'ERR_MODULE_NOT_FOUND';
  assert.equal(JSON.parse(await result(files, { environmentOf })), expected);
});

test('a handler may lie in a folder and in an object', async () => {
  const files = { 'src/app.cjs': 'exports.a = { b: async () => "nested" };' };
  assert.equal(await result(files, { handler: 'src/app.a.b' }), '"nested"');
  assert.equal(await result('exports.handler = async () => "here";', { handler: '/app.handler' }), '"here"');
});

test('the context says what AWS’s says', async () => {
  const code = `exports.handler = async (event, context) =>
    [context.awsRequestId, context.functionName, context.clientContext.a, context.getRemainingTimeInMillis() > 0,
     process.env._X_AMZN_TRACE_ID];`;
  const headers = { 'Lambda-Runtime-Client-Context': '{"a":1}', 'Lambda-Runtime-Trace-Id': 'Root=1-a' };
  assert.deepEqual(JSON.parse(await result(code, { headers })), [ID, 'f', 1, true, 'Root=1-a']);
});

test('an error is posted with its trace and logged as one record', async () => {
  const { document, path, records } = await failure('exports.handler = async () => { throw new TypeError("boom"); };');
  assert.equal(path, `/2018-06-01/runtime/invocation/${ID}/error`);
  assert.deepEqual([document.errorType, document.errorMessage, document.trace[0]], ['TypeError', 'boom', 'TypeError: boom']);
  assert.match(records[0], new RegExp(`^[^\\t]+Z\\t${ID}\\tERROR\\tInvoke Error \\t\\{"errorType":"TypeError","errorMessage":"boom","stack":\\["TypeError: boom",`));
});

test('what is thrown may be no error at all, or a strange one', async () => {
  const { document } = await failure('exports.handler = async () => { throw "text"; };');
  assert.deepEqual(document, { errorType: 'string', errorMessage: 'text', trace: [] });
  const strange = await failure('exports.handler = async () => { throw Object.assign(new Error("x"), { stack: [1] }); };');
  assert.deepEqual([strange.document.errorType, strange.document.trace], ['handled', []]);
  const named = await failure('exports.handler = async () => { throw Object.assign(new Error("x"), { name: "Own", stack: null }); };');
  assert.deepEqual(named.document, { errorType: 'Own', errorMessage: 'x', trace: [] });
  assert.match(named.records[0], /"errorType":"Own","errorMessage":"x","name":"Own"/);
});

test('what JSON cannot say is an error, from Node 24 on of a type of its own', async () => {
  const code = 'exports.handler = async () => ({ n: 10n });';
  const types = [{}, NODE_24].map(async (environment) => (await failure(code, { environment })).document.errorType);
  assert.deepEqual(await Promise.all(types), ['Error', 'Runtime.JSONStringifyError']);
});

test('init errors have AWS’s types and texts', async () => {
  const cases = [
    ['', {}, 'Runtime.HandlerNotFound', 'app.handler is undefined or not exported'],
    ['exports.handler = 1;', {}, 'Runtime.HandlerNotFound', 'app.handler is not a function'],
    ['', { handler: 'app' }, 'Runtime.MalformedHandlerName', 'Bad handler'],
    ['exports.handler = (', {}, 'Runtime.UserCodeSyntaxError', 'SyntaxError: Unexpected end of input'],
    ['exports.handler = (a, b, c) => {};', { environment: NODE_24 }, 'Runtime.CallbackHandlerDeprecated', null],
  ];
  for (const [code, options, type, message] of cases) {
    const { document, path, exit = 129, code: exited, records } = await failure(code, options);
    assert.equal(path, '/2018-06-01/runtime/init/error');
    assert.equal(document.errorType, type);
    if (message) assert.equal(document.errorMessage, message);
    assert.equal(exited, exit);
    assert.match(records[0], /^[^\t]+Z\tundefined\tERROR\tUncaught Exception \t/);
  }
});

test('a module that is not there names who wanted it', async () => {
  const { document } = await failure('require("absent");');
  assert.equal(document.errorType, 'Runtime.ImportModuleError');
  assert.match(document.errorMessage, /^Error: Cannot find module 'absent'\nRequire stack:\n- .*app\.js\n- .*index\.mjs$/);
});

test('a module that imports what is not there fails with Node’s own error', async () => {
  const { document } = await failure({ 'app.mjs': 'import "absent"; export const handler = async () => 1;' });
  assert.equal(document.errorType, 'Error');
  assert.match(document.errorMessage, /^Cannot find package 'absent' imported from /);
});

test('an unhandled rejection ends the process with 128, an uncaught exception with 129', async () => {
  const rejected = await failure('exports.handler = () => { Promise.reject(new Error("r")); return new Promise((r) => setTimeout(r, 100)); };');
  assert.deepEqual([rejected.document.errorType, rejected.document.errorMessage], ['Runtime.UnhandledPromiseRejection', 'Error: r']);
  assert.equal(rejected.code, 128);
  const thrown = await failure('exports.handler = () => { setTimeout(() => { throw new RangeError("late"); }, 1); return new Promise((r) => setTimeout(r, 100)); };');
  assert.equal(thrown.document.errorType, 'RangeError');
  assert.equal(thrown.code, 129);
});

test('an error in the turn in which a handler answers is its answer', async () => {
  const code = 'exports.handler = async () => { Promise.reject(new Error("lost")); return "ok"; };';
  const rejected = await failure(code, { events: ['{}', '{}'] });
  assert.deepEqual([rejected.document.errorMessage, rejected.posts.length, rejected.code], ['Error: lost', 1, 128]);
  const thrown = await failure('exports.handler = async () => { process.nextTick(() => { throw new RangeError("late"); }); };');
  assert.deepEqual([thrown.document.errorType, thrown.posts.length, thrown.code], ['RangeError', 1, 129]);
});

test('an error in the turn in which an init ends is the init’s', async () => {
  const { document, path, posts } = await failure('setImmediate(() => { throw new RangeError("late"); }); exports.handler = async () => 1;');
  assert.deepEqual([path, document.errorType, posts.length], ['/2018-06-01/runtime/init/error', 'RangeError', 1]);
});

test('an init that waits for nothing ends the process', async () => {
  const { posts, code } = await run({ 'app.mjs': 'await new Promise(() => {}); export const handler = async () => 1;' });
  assert.deepEqual([posts, code], [[], 0]);
});

test('from Node 24 on a returned value is the answer', async () => {
  assert.equal(await result('exports.handler = (event, context) => "direct";', { environment: NODE_24 }), '"direct"');
});

test('console lines have time, request id and level, and may span lines', async () => {
  const { records } = await run('console.log("init"); exports.handler = async () => { console.warn("a\\nb %d", 1); };');
  assert.match(records[0], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\tundefined\tINFO\tinit\n$/);
  assert.match(records[1], new RegExp(`Z\\t${ID}\\tWARN\\ta\\nb 1\\n$`));
});

test('without frames lines are joined by carriage returns', async () => {
  const { output } = await run('exports.handler = async () => { console.log("a\\nb"); };', { framed: false });
  assert.match(output.toString(), /\tINFO\ta\rb\n$/);
});

test('JSON records have AWS’s fields and follow the level', async () => {
  const environment = { AWS_LAMBDA_LOG_FORMAT: 'JSON', AWS_LAMBDA_LOG_LEVEL: 'INFO' };
  const code = 'exports.handler = async () => { console.debug("no"); console.log({ a: 1 }); console.error("x", new TypeError("t")); };';
  const { records } = await run(code, { environment });
  const [plain, error] = records.map((record) => JSON.parse(record));
  assert.deepEqual(Object.keys(plain), ['timestamp', 'level', 'requestId', 'message']);
  assert.deepEqual([plain.level, plain.requestId, plain.message], ['INFO', ID, { a: 1 }]);
  assert.deepEqual([error.level, error.errorType, error.errorMessage], ['ERROR', 'TypeError', 't']);
});
