// Finds the function's handler, or says in AWS's words why not.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { RuntimeError } from './errors.mjs';
import * as nodePath from './node_path.mjs';

const IMPORT = /\bimport\s*(?:\(|\/\*)/;

// "Require stack" in error messages ends in the runtime's entry, as on AWS.
const require = createRequire(new URL('../index.mjs', import.meta.url));

// `folder/file.export.nested` becomes that function.
export async function load(root, handler) {
  if (handler.includes('..')) {
    throw new RuntimeError(
      'MalformedHandlerName',
      `'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  }
  const folder = path.dirname(handler);
  const match = /^([^.]*)\.(.*)$/.exec(path.basename(handler));
  if (!match) throw new RuntimeError('MalformedHandlerName', 'Bad handler');
  const exported = await importModule(folder === '/' ? root : path.resolve(root, folder), match[1]);
  const found = match[2].split('.').reduce((value, name) => value?.[name], exported);
  if (found === undefined || found === null) {
    throw new RuntimeError('HandlerNotFound', `${handler} is undefined or not exported`);
  }
  if (typeof found !== 'function') throw new RuntimeError('HandlerNotFound', `${handler} is not a function`);
  return found;
}

async function importModule(folder, name) {
  try {
    return await open(folder, name);
  } catch (error) {
    if (error instanceof SyntaxError) throw new RuntimeError('UserCodeSyntaxError', error);
    if (error?.code === 'MODULE_NOT_FOUND') throw new RuntimeError('ImportModuleError', error);
    throw error;
  }
}

// AWS tries these endings in this order, then Node's own resolution from the function's folder.
async function open(folder, name) {
  const file = path.resolve(folder, name);
  if (isFile(file)) return requireFile(file);
  if (isFile(`${file}.js`)) return isModule(folder) ? importFile(`${file}.js`) : requireFile(`${file}.js`);
  if (isFile(`${file}.mjs`)) return importFile(`${file}.mjs`);
  if (isFile(`${file}.cjs`)) return requireFile(`${file}.cjs`);
  return require(require.resolve(name, { paths: [folder] }));
}

// What it imports is found on NODE_PATH, as what it requires is. The hook for that slows every `require` down, and costs
// older versions of Node a thread: where the file itself imports nothing, it comes once the code is there, or not at all.
function requireFile(file) {
  const imports = IMPORT.test(fs.readFileSync(file, 'latin1'));
  if (imports) nodePath.register();
  const exported = require(file);
  if (!imports && nodePath.isCheap) nodePath.register();
  return exported;
}

function importFile(file) {
  nodePath.register();
  return import(pathToFileURL(file).href);
}

function isFile(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

// Whether the package.json that is nearest says that `.js` files are modules.
function isModule(folder) {
  const manifest = path.join(folder, 'package.json');
  if (isFile(manifest)) {
    try {
      return JSON.parse(fs.readFileSync(manifest, 'utf8')).type === 'module';
    } catch {
      // Node reports a broken manifest itself when it loads the file.
      return false;
    }
  }
  const parent = path.dirname(folder);
  return parent !== folder && isModule(parent);
}
