using System;
using System.Linq;
using System.Reflection;

namespace Mayfly.Lambda
{
    /// <summary>
    /// Takes the calls of a function's <c>ILambdaLogger</c>, whose methods have grown over the years: a level in the
    /// name or as the first argument, perhaps an error, a message, perhaps values for it.
    /// </summary>
    internal sealed class Recorder
    {
        private const string Prefix = "Log";

        private readonly Log log;

        internal Recorder(Log log)
        {
            this.log = log;
        }

        internal object Call(MethodInfo method, object[] arguments)
        {
            var named = method.Name.Substring(Prefix.Length);
            var isLevelFirst = named == "" && arguments.Length > 1;
            var level = isLevelFirst ? arguments[0]?.ToString() : named;
            var rest = arguments.Skip(isLevelFirst ? 1 : 0).ToList();
            log.Write(new LogRecord(
                level == "Line" ? null : level,
                rest.OfType<Exception>().FirstOrDefault(),
                rest.OfType<string>().FirstOrDefault(),
                rest.OfType<object[]>().FirstOrDefault()));
            return null;
        }
    }
}
