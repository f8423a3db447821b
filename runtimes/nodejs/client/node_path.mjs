// Lets ES modules find what lies on NODE_PATH: layers, and the SDK beside this runtime. Node does so for `require`
// only; AWS does for both.
import fs from 'node:fs';
import module from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

// Whether the hook needs no thread of its own.
export const isCheap = module.registerHooks !== undefined;

// Where a module would stand that finds the packages of NODE_PATH.
let places = [];

// Once, before the function's code is loaded, and when its layers are there.
export function register(environment = process.env) {
  places = parents(environment);
  if (places.length === 0) return;
  if (isCheap) module.registerHooks({ resolve: resolveNow });
  else module.register?.(import.meta.url, { data: places });
}

// Older versions of Node run such hooks in a thread of their own, with a copy of this module.
export function initialize(data) {
  places = data;
}

// Folders of other names cannot be searched so.
function parents(environment) {
  const folders = (environment.NODE_PATH ?? '').split(path.delimiter);
  const usable = folders.filter((folder) => path.basename(folder) === 'node_modules' && fs.existsSync(folder));
  return usable.map((folder) => pathToFileURL(path.join(path.dirname(folder), 'index.mjs')).href);
}

export async function resolve(specifier, context, next) {
  try {
    return await next(specifier, context);
  } catch (error) {
    if (!isAbsent(error, specifier)) throw error;
    for (const parentURL of places) {
      const found = await next(specifier, { ...context, parentURL }).catch(() => null);
      if (found) return found;
    }
    throw error;
  }
}

function resolveNow(specifier, context, next) {
  try {
    return next(specifier, context);
  } catch (error) {
    if (!isAbsent(error, specifier)) throw error;
    for (const parentURL of places) {
      try {
        return next(specifier, { ...context, parentURL });
      } catch {
        // The next place may have it.
      }
    }
    throw error;
  }
}

// A package that is not there, rather than a file.
function isAbsent(error, specifier) {
  return error?.code === 'ERR_MODULE_NOT_FOUND' && !/^(\.{0,2}\/|[a-z]+:)/.test(specifier);
}
