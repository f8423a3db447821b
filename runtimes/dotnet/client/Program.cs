using System;

namespace Mayfly.Lambda
{
    /// <summary>Starts the .NET runtime client: finds the handler, then serves one event after the other.</summary>
    internal static class Program
    {
        private const string Socket = "_MAYFLY_RUNTIME_API_SOCKET";
        private const string LogDescriptor = "_LAMBDA_TELEMETRY_LOG_FD";

        private static int Main()
        {
            var api = new RuntimeApi(Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API"), Take(Socket));
            using var log = new Log(Take(LogDescriptor), LogFormat.OfEnvironment());
            return new Loop(api, log).Run(Environment.GetEnvironmentVariable("_HANDLER"));
        }

        /// <summary>A variable that is the client's alone.</summary>
        private static string Take(string name)
        {
            var value = Environment.GetEnvironmentVariable(name);
            Environment.SetEnvironmentVariable(name, null);
            return value;
        }
    }
}
