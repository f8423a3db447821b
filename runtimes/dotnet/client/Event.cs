using System;
using System.Collections.Generic;
using System.IO;

namespace Mayfly.Lambda
{
    /// <summary>One invocation as <c>next</c> gives it; what was not sent is null.</summary>
    internal sealed class Event
    {
        private readonly Dictionary<string, string> headers;
        private readonly byte[] body;

        internal Event(Dictionary<string, string> headers, byte[] body)
        {
            this.headers = headers;
            this.body = body;
        }

        internal string RequestId => Header("Aws-Request-Id");

        internal string TraceId => Header("Trace-Id");

        internal string TenantId => Header("Aws-Tenant-Id");

        internal string FunctionArn => Header("Invoked-Function-Arn");

        internal string ClientContext => Header("Client-Context");

        internal string CognitoIdentity => Header("Cognito-Identity");

        internal DateTimeOffset Deadline => DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(Header("Deadline-Ms")));

        internal Stream Open() => new MemoryStream(body, writable: false);

        private string Header(string name) =>
            headers.TryGetValue("Lambda-Runtime-" + name, out var value) ? value : null;
    }
}
