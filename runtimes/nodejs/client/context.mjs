// The context object that a handler gets.

// Where handlers take no callbacks, AWS's newer client gives them another field.
export function contextOf(event, takesCallbacks, environment = process.env) {
  const header = (name) => event.headers[`lambda-runtime-${name}`];
  const deadlineMs = deadlineOf(header);
  const context = {
    functionVersion: environment.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: environment.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: environment.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: environment.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: parsed(header('client-context')),
    identity: parsed(header('cognito-identity')),
    invokedFunctionArn: header('invoked-function-arn'),
    awsRequestId: header('aws-request-id'),
    tenantId: header('aws-tenant-id'),
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  };
  if (takesCallbacks) context.callbackWaitsForEmptyEventLoop = true;
  else context.xRayTraceId = header('trace-id');
  return context;
}

// An event that was there before it was asked for says how long it may take, from now.
function deadlineOf(header) {
  const timeout = header('mayfly-timeout-ms');
  return timeout === undefined ? Number(header('deadline-ms')) : Date.now() + Number(timeout);
}

function parsed(text) {
  return text === undefined ? undefined : JSON.parse(text);
}
