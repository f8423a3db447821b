using System;
using System.IO;

namespace Mayfly.Lambda
{
    /// <summary>The life of the runtime process: load the handler, then one event after the other.</summary>
    internal sealed class Loop
    {
        private const string TraceVariable = "_X_AMZN_TRACE_ID";
        private const int ExitInit = 1;

        private readonly RuntimeApi api;
        private readonly Log log;

        internal Loop(RuntimeApi api, Log log)
        {
            this.api = api;
            this.log = log;
        }

        /// <summary>Returns only when there is no handler, with the status of the process.</summary>
        internal int Run(string handlerName)
        {
            Handler handler;
            try
            {
                handler = HandlerLoader.Load(handlerName, log);
            }
            catch (Exception error)
            {
                var failure = new Failure(error);
                log.Error(failure.Text);
                api.FailInit(failure);
                return ExitInit;
            }
            while (true)
            {
                Serve(handler, api.Next());
            }
        }

        private void Serve(Handler handler, Event invocation)
        {
            log.RequestId = invocation.RequestId;
            log.TraceId = invocation.TraceId;
            // Only what runs in this process reads it, as on AWS.
            Environment.SetEnvironmentVariable(TraceVariable, invocation.TraceId);
            MemoryStream response;
            try
            {
                response = handler.Handle(invocation);
            }
            catch (Exception error)
            {
                // The record must be in the log before the platform takes the invocation for finished.
                var failure = new Failure(error);
                log.Error(failure.Text);
                api.Fail(invocation.RequestId, failure);
                return;
            }
            api.Respond(invocation.RequestId, response);
        }
    }
}
