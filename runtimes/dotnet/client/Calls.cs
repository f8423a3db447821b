using System.Reflection;

namespace Mayfly.Lambda
{
    internal static class Calls
    {
        /// <summary>Calls a method of the function's. What it throws comes as it was thrown.</summary>
        internal static object Call(this MethodInfo method, object target, params object[] arguments) =>
            method.Invoke(target, BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null);
    }
}
