// Where the function is: its variables and its folder.
//
// A process may be started before there is a function for it. It then has no handler's name, and waits for the
// function's variables; from there on it is as any other.
import process from 'node:process';

export function isKnown() {
  return process.env._HANDLER !== undefined;
}

// Becomes the process that these variables would have started. What was there before, every function has.
export function take(variables) {
  Object.assign(process.env, variables);
}

// Goes to the function's code. The folder that is there now is not the one that was there before.
export function enter() {
  process.chdir(process.env.LAMBDA_TASK_ROOT);
}
