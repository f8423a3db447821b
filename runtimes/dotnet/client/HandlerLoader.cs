using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Mayfly.Lambda
{
    /// <summary>Finds the method that a function names, and says in AWS's words what is wrong with it.</summary>
    internal static class HandlerLoader
    {
        private const BindingFlags Own =
            BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public
            | BindingFlags.NonPublic;

        internal static Handler Load(string text, Log log)
        {
            var name = HandlerName.Parse(text);
            LambdaCore.ConnectWhenLoaded(log);
            var assembly = LoadAssembly(name.Assembly);
            var type = assembly.GetType(name.Type)
                ?? throw new LambdaValidationException(
                    $"Unable to load type '{name.Type}' from assembly '{name.Assembly}'.");
            var method = Find(type, name);
            Check(method);
            CheckOwner(type, method);
            var serializer = Serializer.Of(method, assembly);
            return new Handler(Instance(type, method), method, serializer, new Contexts(log));
        }

        private static Assembly LoadAssembly(AssemblyName name)
        {
            try
            {
                return AssemblyLoadContext.Default.LoadFromAssemblyName(name);
            }
            catch (FileNotFoundException missing)
            {
                throw new LambdaValidationException(
                    $"Could not find the specified handler assembly with the file name '{missing.FileName}'. "
                        + "The assembly should be located in the root of your uploaded .zip file.");
            }
            catch (Exception error) when (error is FileLoadException || error is BadImageFormatException)
            {
                throw new LambdaValidationException($"Unable to load assembly '{name}'.");
            }
        }

        /// <summary>The method of the type itself, else that of the nearest type that it derives from.</summary>
        private static MethodInfo Find(Type type, HandlerName name)
        {
            for (var owner = type; owner != null; owner = owner.BaseType)
            {
                var found = owner.GetMethods(Own).Where(method => method.Name == name.Method).ToList();
                if (found.Count > 1)
                {
                    throw new LambdaValidationException(
                        $"The method '{name.Method}' in type '{owner.FullName}' appears to have a number of overloads. "
                            + "To call this method please specify a complete method signature. "
                            + $"Possible candidates are:\n{string.Join("\n", found)}.");
                }
                if (found.Count == 1)
                {
                    return found[0];
                }
            }
            throw new LambdaValidationException(
                $"Unable to find method '{name.Method}' in type '{name.Type}' from assembly '{name.Assembly}': "
                    + $"Found no methods matching method name '{name.Method}'.");
        }

        private static void Check(MethodInfo method)
        {
            if (method.IsAbstract)
            {
                throw Refused(method, "it is an abstract method. Handler methods cannot be abstract. "
                    + "Please specify a non-abstract handler method.");
            }
            if (method.IsGenericMethod)
            {
                throw Refused(method, "it is a generic method. Handler methods cannot be generic. "
                    + "Please specify a non-generic handler method.");
            }
            if (method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute)))
            {
                throw Refused(method, "it is an 'async void' method. Handler methods cannot be 'async void'. "
                    + "Please specify a method that is not 'async void'.");
            }
            if (method.GetParameters().LastOrDefault()?.IsDefined(typeof(ParamArrayAttribute)) == true)
            {
                throw Refused(method, "it is a 'params' method. Please specify a method that does not use 'params'.");
            }
            if (method.CallingConvention.HasFlag(CallingConventions.VarArgs))
            {
                throw Refused(method, "it is a 'vararg (variable arguments)' method. "
                    + "Please specify a method that is not 'vararg'.");
            }
        }

        private static LambdaValidationException Refused(MethodInfo method, string why) =>
            new LambdaValidationException($"The method '{method}' cannot be used as a Lambda Handler because {why}");

        private static void CheckOwner(Type type, MethodInfo method)
        {
            if (type.IsGenericType)
            {
                throw new LambdaValidationException(
                    $"The type '{type.FullName}' cannot be used as a Lambda Handler type because it is generic. "
                        + "Handler methods cannot be located in generic types. "
                        + "Please specify a handler method in a non-generic type.");
            }
            if (type.IsAbstract && !method.IsStatic)
            {
                throw new LambdaValidationException(
                    $"The instance method '{method}' cannot be used as a Lambda Handler because its type "
                        + $"'{type.FullName}' is abstract. "
                        + "Please either use a static handler or specify a type that is not abstract.");
            }
            if (!type.IsClass && !type.IsValueType)
            {
                throw new LambdaValidationException(
                    $"The type '{type.FullName}' cannot be used as a handler type since it is not a class or a struct. "
                        + "Please specify a handler method on a class or struct.");
            }
        }

        /// <summary>What the function does when it starts happens here, and its errors are its own.</summary>
        private static object Instance(Type type, MethodInfo method)
        {
            if (method.IsStatic)
            {
                RuntimeHelpers.RunClassConstructor(type.TypeHandle);
                return null;
            }
            const BindingFlags Constructor =
                BindingFlags.CreateInstance | BindingFlags.Instance | BindingFlags.Public
                | BindingFlags.DoNotWrapExceptions;
            return Activator.CreateInstance(type, Constructor, binder: null, args: null, culture: null);
        }
    }
}
