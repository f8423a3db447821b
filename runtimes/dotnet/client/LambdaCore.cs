using System;
using System.Linq;
using System.Reflection;

namespace Mayfly.Lambda
{
    /// <summary>
    /// The function's own copy of Amazon.Lambda.Core. It may be of any version, so nothing here refers to its types;
    /// its static logger keeps what to do in fields that the runtime sets.
    /// </summary>
    internal static class LambdaCore
    {
        private const string Name = "Amazon.Lambda.Core";
        private const string Logger = "Amazon.Lambda.Core.LambdaLogger";

        internal static void ConnectWhenLoaded(Log log)
        {
            AppDomain.CurrentDomain.AssemblyLoad += (sender, loaded) => Connect(loaded.LoadedAssembly, log);
            AppDomain.CurrentDomain.GetAssemblies().ToList().ForEach(assembly => Connect(assembly, log));
        }

        private static void Connect(Assembly assembly, Log log)
        {
            if (assembly.GetName().Name != Name || !(assembly.GetType(Logger) is Type logger))
            {
                return;
            }
            Set(logger, "_loggingAction", (Action<string>)(message => log.Write(new LogRecord(null, message))));
            Set(logger, "_loggingWithLevelAction", (Action<string, string, object[]>)((level, message, values) =>
                log.Write(new LogRecord(level, null, message, values))));
            Set(logger, "_loggingWithLevelAndExceptionAction", (Action<string, Exception, string, object[]>)(
                (level, error, message, values) => log.Write(new LogRecord(level, error, message, values))));
        }

        /// <summary>Older versions have fewer of them.</summary>
        private static void Set(Type logger, string field, Delegate action)
        {
            var found = logger.GetField(field, BindingFlags.NonPublic | BindingFlags.Static);
            if (found?.FieldType == action.GetType())
            {
                found.SetValue(null, action);
            }
        }
    }
}
