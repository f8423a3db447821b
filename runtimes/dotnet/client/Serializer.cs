using System;
using System.IO;
using System.Linq;
using System.Reflection;

namespace Mayfly.Lambda
{
    /// <summary>
    /// What a function brings to read events and write results: the type that its attribute names, on the method or on
    /// the assembly. It implements an interface of the function's own copy of Amazon.Lambda.Core.
    /// </summary>
    internal sealed class Serializer
    {
        private const string AttributeName = "Amazon.Lambda.Core.LambdaSerializerAttribute";
        private const string InterfaceName = "Amazon.Lambda.Core.ILambdaSerializer";

        private readonly object instance;
        private readonly Type type;

        private Serializer(object instance, Type type)
        {
            this.instance = instance;
            this.type = type;
        }

        /// <summary>Null where the function names none.</summary>
        internal static Serializer Of(MethodInfo method, Assembly assembly)
        {
            var attribute = method.GetCustomAttributes().FirstOrDefault(IsSerializer)
                ?? assembly.GetCustomAttributes().FirstOrDefault(IsSerializer);
            if (attribute == null)
            {
                return null;
            }
            var property = attribute.GetType().GetProperty("SerializerType");
            var type = property?.GetValue(attribute) as Type
                ?? throw new LambdaValidationException(
                    $"The 'SerializerType' property on attribute class '{attribute.GetType().FullName}' is not set.");
            if (type.GetConstructor(Type.EmptyTypes) == null)
            {
                throw new LambdaValidationException(
                    $"The indicated serializer '{type.FullName}' does not define a public zero-parameter constructor.");
            }
            var contract = type.GetInterface(InterfaceName)
                ?? throw new LambdaValidationException(
                    $"The '{type.FullName}' class is invalid: "
                        + "it does not implement the 'ILambdaSerializer' interface.");
            return new Serializer(Activator.CreateInstance(type), contract);
        }

        internal Func<Stream, object> Reader(Type input)
        {
            var read = type.GetMethod("Deserialize").MakeGenericMethod(input);
            return stream => read.Call(instance, stream);
        }

        internal Action<object, Stream> Writer(Type output)
        {
            var write = type.GetMethod("Serialize").MakeGenericMethod(output);
            return (result, stream) => write.Call(instance, result, stream);
        }

        private static bool IsSerializer(Attribute attribute) => attribute.GetType().FullName == AttributeName;
    }
}
