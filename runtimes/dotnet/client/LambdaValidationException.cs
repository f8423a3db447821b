using System;

namespace Mayfly.Lambda
{
    /// <summary>A handler that is not one: of the name by which AWS reports it.</summary>
    internal sealed class LambdaValidationException : Exception
    {
        internal LambdaValidationException(string message)
            : base(message)
        {
        }

        /// <summary>It has no stack that would help.</summary>
        public override string ToString() => $"{GetType().Name}: {Message}";
    }
}
