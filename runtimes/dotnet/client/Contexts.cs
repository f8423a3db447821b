using System;
using System.Collections.Generic;
using System.Reflection;
using System.Text.Json;

namespace Mayfly.Lambda
{
    /// <summary>
    /// Makes what a handler gets beside its event. The interfaces are those of the function's own Amazon.Lambda.Core:
    /// they are implemented as they are found, and a property of a newer version than this client knows is null.
    /// </summary>
    internal sealed class Contexts
    {
        private readonly Log log;

        internal Contexts(Log log)
        {
            this.log = log;
        }

        /// <summary>For this interface. Its implementation is made now, while the function starts.</summary>
        internal Func<Event, object> Of(Type context)
        {
            var logger = Implementation.Of(context.GetProperty("Logger").PropertyType, new Recorder(log).Call);
            var mobile = context.GetProperty("ClientContext").PropertyType;
            var identity = context.GetProperty("Identity").PropertyType;
            var values = new Dictionary<string, object>
            {
                ["FunctionName"] = Environment.GetEnvironmentVariable("AWS_LAMBDA_FUNCTION_NAME"),
                ["FunctionVersion"] = Environment.GetEnvironmentVariable("AWS_LAMBDA_FUNCTION_VERSION"),
                ["LogGroupName"] = Environment.GetEnvironmentVariable("AWS_LAMBDA_LOG_GROUP_NAME"),
                ["LogStreamName"] = Environment.GetEnvironmentVariable("AWS_LAMBDA_LOG_STREAM_NAME"),
                ["MemoryLimitInMB"] = int.Parse(Environment.GetEnvironmentVariable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")),
                ["Logger"] = logger,
            };
            Implementation.Of(context, Getter(values));
            return invocation => Implementation.Of(context, Getter(new Dictionary<string, object>(values)
            {
                ["AwsRequestId"] = invocation.RequestId,
                ["InvokedFunctionArn"] = invocation.FunctionArn,
                ["TraceId"] = invocation.TraceId,
                ["TenantId"] = invocation.TenantId,
                ["RemainingTime"] = (Func<object>)(() => invocation.Deadline - DateTimeOffset.UtcNow),
                ["ClientContext"] = Mobile(mobile, invocation.ClientContext),
                ["Identity"] = Identity(identity, invocation.CognitoIdentity),
            }));
        }

        private static object Mobile(Type type, string document)
        {
            if (string.IsNullOrEmpty(document))
            {
                return null;
            }
            using var json = JsonDocument.Parse(document);
            return Implementation.Of(type, Getter(new Dictionary<string, object>
            {
                ["Custom"] = Texts(json.RootElement, "custom"),
                ["Environment"] = Texts(json.RootElement, "env"),
                ["Client"] = Application(type.GetProperty("Client").PropertyType, Texts(json.RootElement, "client")),
            }));
        }

        private static object Application(Type type, Dictionary<string, string> values) =>
            Implementation.Of(type, Getter(new Dictionary<string, object>
            {
                ["AppPackageName"] = values.GetValueOrDefault("app_package_name"),
                ["AppTitle"] = values.GetValueOrDefault("app_title"),
                ["AppVersionCode"] = values.GetValueOrDefault("app_version_code"),
                ["AppVersionName"] = values.GetValueOrDefault("app_version_name"),
                ["InstallationId"] = values.GetValueOrDefault("installation_id"),
            }));

        /// <summary>Never null, as on AWS.</summary>
        private static object Identity(Type type, string document)
        {
            var values = new Dictionary<string, object>();
            if (!string.IsNullOrEmpty(document))
            {
                using var json = JsonDocument.Parse(document);
                values["IdentityId"] = Text(json.RootElement, "cognitoIdentityId");
                values["IdentityPoolId"] = Text(json.RootElement, "cognitoIdentityPoolId");
            }
            return Implementation.Of(type, Getter(values));
        }

        private static Dictionary<string, string> Texts(JsonElement parent, string name)
        {
            var texts = new Dictionary<string, string>();
            if (parent.TryGetProperty(name, out var element) && element.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in element.EnumerateObject())
                {
                    texts[property.Name] = property.Value.ToString();
                }
            }
            return texts;
        }

        private static string Text(JsonElement parent, string name) =>
            parent.TryGetProperty(name, out var value) ? value.ToString() : null;

        /// <summary>Answers properties from a table, in which a function stands for what it returns.</summary>
        private static Func<MethodInfo, object[], object> Getter(Dictionary<string, object> values) =>
            (method, arguments) =>
                !values.TryGetValue(method.Name.Replace("get_", ""), out var value) ? null
                : value is Func<object> compute ? compute()
                : value;
    }
}
