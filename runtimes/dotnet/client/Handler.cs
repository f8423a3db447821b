using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;

namespace Mayfly.Lambda
{
    /// <summary>
    /// The function's method: of an event, as a stream or as what its serializer makes of it, and of the context, each
    /// of which it may leave out; to a result, a task of one, or nothing.
    /// </summary>
    internal sealed class Handler
    {
        private const string ContextType = "Amazon.Lambda.Core.ILambdaContext";

        private readonly object instance;
        private readonly MethodInfo method;
        private readonly List<Func<Event, object>> arguments;
        private readonly Func<object, object> await;
        private readonly Action<object, MemoryStream> write;

        internal Handler(object instance, MethodInfo method, Serializer serializer, Contexts contexts)
        {
            this.instance = instance;
            this.method = method;
            var parameters = method.GetParameters();
            CheckParameters(parameters);
            var types = parameters.Select(parameter => parameter.ParameterType);
            arguments = types.Select(type => Argument(type, serializer, contexts)).ToList();
            var output = method.ReturnType;
            await = result => result;
            if (typeof(Task).IsAssignableFrom(output))
            {
                var property = output.IsGenericType ? output.GetProperty("Result") : null;
                output = property?.PropertyType ?? typeof(void);
                await = result => Await((Task)result, property);
            }
            write = Output(output, serializer);
        }

        internal MemoryStream Handle(Event invocation)
        {
            var values = arguments.Select(argument => argument(invocation)).ToArray();
            var result = await(method.Call(instance, values));
            var response = new MemoryStream();
            write(result, response);
            return response;
        }

        private static object Await(Task task, PropertyInfo property)
        {
            task.GetAwaiter().GetResult();
            return property?.GetValue(task);
        }

        private void CheckParameters(ParameterInfo[] parameters)
        {
            var named = $"Method '{method.Name}' of type '{method.DeclaringType.FullName}'";
            var refused = $"{named} is not supported: the method has ";
            if (parameters.Length > 2)
            {
                throw new LambdaValidationException(refused + "more than 2 parameters.");
            }
            if (parameters.Length == 2 && parameters[1].ParameterType.FullName != ContextType)
            {
                throw new LambdaValidationException(
                    refused + $"2 parameters, but the second parameter is not of type '{ContextType}'.");
            }
        }

        private Func<Event, object> Argument(Type type, Serializer serializer, Contexts contexts)
        {
            if (type.FullName == ContextType)
            {
                return contexts.Of(type);
            }
            if (type == typeof(Stream))
            {
                return invocation => invocation.Open();
            }
            var read = (serializer ?? throw Missing("deserialize input", type)).Reader(type);
            return invocation => read(invocation.Open());
        }

        private Action<object, MemoryStream> Output(Type type, Serializer serializer)
        {
            if (type == typeof(void))
            {
                return (result, response) => { };
            }
            if (typeof(Stream).IsAssignableFrom(type))
            {
                return Copy;
            }
            return (serializer ?? throw Missing("serialize output", type)).Writer(type);
        }

        private static void Copy(object result, MemoryStream response)
        {
            using var stream = (Stream)result;
            stream?.CopyTo(response);
        }

        private LambdaValidationException Missing(string what, Type type) =>
            new LambdaValidationException(
                $"Could not find the LambdaSerializerAttribute on the assembly '{method.DeclaringType.Assembly}' or "
                    + $"method '{method}' while attempting to {what} data of type '{type.FullName}'. "
                    + "To use types other than System.IO.Stream as input/output parameters, the assembly or Lambda "
                    + "function should be annotated with Amazon.Lambda.Core.LambdaSerializerAttribute.");
    }
}
