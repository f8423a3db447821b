// Loads what functions take from the AWS SDK beside this runtime, before there is a function.
//
// The modules lie where a function that requires or imports them finds them. One that brings its own finds those.
import { createRequire } from 'node:module';

// The clients that functions use most, with all that these require.
const PRELOADED = [
  '@aws-sdk/client-dynamodb',
  '@aws-sdk/client-eventbridge',
  '@aws-sdk/client-lambda',
  '@aws-sdk/client-s3',
  '@aws-sdk/client-secrets-manager',
  '@aws-sdk/client-sns',
  '@aws-sdk/client-sqs',
  '@aws-sdk/client-sts',
  '@aws-sdk/lib-dynamodb',
];

const WANTED = '_MAYFLY_SDK';

export function preload(environment = process.env) {
  const isWanted = environment[WANTED] !== undefined;
  // Nobody else's business.
  delete environment[WANTED];
  if (!isWanted) return;
  const require = createRequire(new URL('../index.mjs', import.meta.url));
  for (const name of PRELOADED) {
    try {
      require(name);
    } catch {
      // Not every runtime was prepared.
    }
  }
}
