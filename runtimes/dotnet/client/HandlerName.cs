using System;
using System.Reflection;

namespace Mayfly.Lambda
{
    /// <summary>A handler as its function names it: <c>ASSEMBLY::TYPE::METHOD</c>.</summary>
    internal sealed class HandlerName
    {
        private const string Separator = "::";

        private HandlerName(string assembly, string type, string method)
        {
            Assembly = new AssemblyName(assembly);
            Type = type;
            Method = method;
        }

        internal AssemblyName Assembly { get; }

        internal string Type { get; }

        internal string Method { get; }

        internal static HandlerName Parse(string text)
        {
            const string Valid = "The valid format is 'ASSEMBLY::TYPE::METHOD'.";
            if (string.IsNullOrEmpty(text))
            {
                throw new LambdaValidationException($"Empty lambda function handler. {Valid}");
            }
            var parts = text.Split(Separator, 3, StringSplitOptions.None);
            if (parts.Length != 3)
            {
                throw new LambdaValidationException($"Invalid lambda function handler: '{text}'. {Valid}");
            }
            var names = new[] { "assembly", "type", "method" };
            for (var part = 0; part < parts.Length; part++)
            {
                parts[part] = parts[part].Trim();
                if (parts[part].Length == 0)
                {
                    throw new LambdaValidationException(
                        $"Invalid lambda function handler: '{text}', the {names[part]} is missing. {Valid}");
                }
            }
            return new HandlerName(parts[0], parts[1], parts[2]);
        }
    }
}
