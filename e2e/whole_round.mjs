// Creates, invokes, reads logs, publishes, aliases, updates and deletes a function; prints what it saw.
import { readFileSync } from "node:fs";
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from "@aws-sdk/client-lambda";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";

const [FunctionName, archive, Runtime, Role] = process.argv.slice(2);
const lambda = new LambdaClient({ maxAttempts: 1 });
const logs = new CloudWatchLogsClient({ maxAttempts: 1 });
const ZipFile = readFileSync(archive);
const patience = { client: lambda, maxWaitTime: 30, minDelay: 1, maxDelay: 1 };
const seen = {};

await lambda.send(
  new CreateFunctionCommand({ FunctionName, Runtime, Role, Handler: "index.handler", Code: { ZipFile } }),
);
await waitUntilFunctionActiveV2(patience, { FunctionName });
const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload: '{"from":"javascript"}' }));
seen.echo = JSON.parse(Buffer.from(answer.Payload).toString());
const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${FunctionName}` }));
seen.logged = events.some((event) => event.message === "seen\n");
seen.version = (await lambda.send(new PublishVersionCommand({ FunctionName }))).Version;
seen.alias = (
  await lambda.send(new CreateAliasCommand({ FunctionName, Name: "live", FunctionVersion: seen.version }))
).Name;
await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }));
await waitUntilFunctionUpdatedV2(patience, { FunctionName });
seen.updated = (await lambda.send(new GetFunctionCommand({ FunctionName }))).Configuration.LastUpdateStatus;
await lambda.send(new DeleteFunctionCommand({ FunctionName }));
seen.deleted = await lambda.send(new GetFunctionCommand({ FunctionName })).then(
  () => "still there",
  (error) => error.name,
);
console.log(JSON.stringify(seen));
