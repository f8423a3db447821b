// Starts the Node.js runtime client. See client/loop.mjs for what it does.
import { run } from './client/loop.mjs';

run();
