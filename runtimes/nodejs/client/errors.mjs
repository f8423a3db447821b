// Errors that the runtime itself finds, and the documents that errors become.

// An error with a type of AWS's.
export class RuntimeError extends Error {
  constructor(type, reason) {
    super(typeof reason === 'string' ? reason : String(reason));
    Object.defineProperty(this, 'name', { value: `Runtime.${type}` });
    const [, ...frames] = (reason?.stack ?? this.stack).split('\n');
    this.stack = [`${this.name}: ${this.message}`, ...frames.filter((line) => line.startsWith('    at'))].join('\n');
  }
}

// What the caller of the function gets.
export function toDocument(error) {
  if (!isError(error)) return { errorType: typeof error, errorMessage: text(error), trace: [] };
  try {
    return { errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') ?? [] };
  } catch {
    // Its parts may be anything.
    return { errorType: 'handled', errorMessage: UNREADABLE, trace: [] };
  }
}

const UNREADABLE =
  'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and ' +
  'stack';

// What the log shows: an error's own fields too, and those of errors inside it.
export function toLogText(error) {
  try {
    return JSON.stringify(error, (_key, value) => withFields(value)) ?? text(error);
  } catch {
    return JSON.stringify(withFields(toDocument(error)));
  }
}

function withFields(value) {
  if (!isError(value)) return value;
  const fields = { errorType: value.name, errorMessage: value.message, code: value.code, ...value };
  if (typeof value.stack === 'string') fields.stack = value.stack.split('\n');
  return fields;
}

// Errors of other realms, such as those of a `vm` context, are no instances of this realm's Error.
export function isError(value) {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}

function text(value) {
  try {
    return String(value);
  } catch {
    return 'Unknown error';
  }
}
