// Reads a streamed response and says what came when.
import { InvokeWithResponseStreamCommand, LambdaClient } from "@aws-sdk/client-lambda";

const [FunctionName] = process.argv.slice(2);
const lambda = new LambdaClient({ maxAttempts: 1 });
const invoke = (input) => lambda.send(new InvokeWithResponseStreamCommand(input));

const Payload = JSON.stringify({ do: "pause", ms: 1000 });
const answer = await invoke({ FunctionName, Payload, LogType: "Tail" });
const events = [];
for await (const event of answer.EventStream) {
  const at = Date.now();
  if (event.PayloadChunk) events.push({ at, text: Buffer.from(event.PayloadChunk.Payload).toString() });
  if (event.InvokeComplete) {
    const { LogResult, ...rest } = event.InvokeComplete;
    events.push({ at, complete: { ...rest, LogResult: LogResult.length > 0 } });
  }
}
const missing = await invoke({ FunctionName: "nobody" }).catch((error) => error.name);
console.log(JSON.stringify({ version: answer.ExecutedVersion, events, missing }));
