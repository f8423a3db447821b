using System;

namespace Mayfly.Lambda
{
    /// <summary>As Amazon.Lambda.Core numbers them.</summary>
    internal enum LogLevel
    {
        Trace,
        Debug,
        Information,
        Warning,
        Error,
        Critical,
    }

    internal static class LogLevels
    {
        private static readonly string[] Labels = { "trce", "dbug", "info", "warn", "fail", "crit" };

        /// <summary>The level that a function names; null when it is a word of its own.</summary>
        internal static LogLevel? Named(string name)
        {
            // Numbers and lists are parsed as well, whether there is such a level or not.
            var isLevel = Enum.TryParse<LogLevel>(name, ignoreCase: true, out var level);
            return isLevel && Enum.IsDefined(typeof(LogLevel), level) ? level : (LogLevel?)null;
        }

        /// <summary>The level that the function's configuration has: AWS's name for it.</summary>
        internal static LogLevel? Configured(string name) =>
            name switch
            {
                "INFO" => LogLevel.Information,
                "WARN" => LogLevel.Warning,
                "FATAL" => LogLevel.Critical,
                _ => Named(name),
            };

        /// <summary>As a line of text shows it.</summary>
        internal static string Label(this LogLevel level) => Labels[(int)level];
    }
}
