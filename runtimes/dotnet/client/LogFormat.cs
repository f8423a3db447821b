using System;

namespace Mayfly.Lambda
{
    /// <summary>What the function's variables say of its log.</summary>
    internal sealed class LogFormat
    {
        /// <summary>Each record is a JSON object.</summary>
        internal bool IsJson { get; private set; }

        /// <summary>Lines are as the function writes them, without time and request id.</summary>
        internal bool IsBare { get; private set; }

        internal LogLevel Lowest { get; private set; }

        internal static LogFormat OfEnvironment()
        {
            var own = Environment.GetEnvironmentVariable("AWS_LAMBDA_HANDLER_LOG_FORMAT");
            var configured = LogLevels.Configured(Environment.GetEnvironmentVariable("AWS_LAMBDA_LOG_LEVEL"));
            var named = LogLevels.Named(Environment.GetEnvironmentVariable("AWS_LAMBDA_HANDLER_LOG_LEVEL"));
            return new LogFormat
            {
                IsJson = Is(Environment.GetEnvironmentVariable("AWS_LAMBDA_LOG_FORMAT"), "JSON") || Is(own, "JSON"),
                IsBare = Is(own, "Unformatted"),
                Lowest = configured ?? named ?? LogLevel.Information,
            };
        }

        private static bool Is(string value, string name) =>
            string.Equals(value, name, StringComparison.OrdinalIgnoreCase);
    }
}
