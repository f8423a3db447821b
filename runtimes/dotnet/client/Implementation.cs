using System;
using System.Reflection;

namespace Mayfly.Lambda
{
    /// <summary>
    /// An interface that was not known when this was compiled. The runtime derives a class from it, so it is public.
    /// </summary>
    public class Implementation : DispatchProxy
    {
        private Func<MethodInfo, object[], object> calls;

        internal static object Of(Type type, Func<MethodInfo, object[], object> calls)
        {
            var create = typeof(DispatchProxy).GetMethod("Create", 2, Type.EmptyTypes);
            var made = create.MakeGenericMethod(type, typeof(Implementation)).Call(null);
            ((Implementation)made).calls = calls;
            return made;
        }

        /// <inheritdoc/>
        protected override object Invoke(MethodInfo method, object[] arguments)
        {
            var result = calls(method, arguments);
            // A value type has no null.
            return result == null && method.ReturnType.IsValueType && method.ReturnType != typeof(void)
                ? Activator.CreateInstance(method.ReturnType)
                : result;
        }
    }
}
