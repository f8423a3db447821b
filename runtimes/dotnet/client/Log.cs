using System;
using System.Buffers.Binary;
using System.IO;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Mayfly.Lambda
{
    /// <summary>
    /// Where a function's words go: records of its logger, and what it writes to the console.
    ///
    /// When the platform names a descriptor, each record is written there as one frame: type, length, time, text. So a
    /// record may span lines.
    /// </summary>
    internal sealed class Log : IDisposable
    {
        private const uint Frame = 0xa55a0002;
        private const uint Text = 1;
        private const int HeadBytes = 16;
        private const int StandardOutput = 1;
        private const long TicksPerMicrosecond = TimeSpan.TicksPerMillisecond / 1000;

        private readonly object turn = new object();
        private readonly LogFormat format;
        private readonly FileStream sink;
        private readonly bool isFramed;

        /// <summary>The platform's descriptor for records may be null.</summary>
        internal Log(string descriptor, LogFormat format)
        {
            this.format = format;
            isFramed = descriptor != null;
            var handle = new SafeFileHandle((IntPtr)(isFramed ? int.Parse(descriptor) : StandardOutput), false);
            // Nothing is kept back, and errors keep their place among the other lines.
            sink = new FileStream(handle, FileAccess.Write, bufferSize: 1);
            Console.SetOut(new ConsoleWriter(this, LogLevel.Information));
            Console.SetError(new ConsoleWriter(this, LogLevel.Error));
        }

        /// <summary>Records belong to this invocation from now on.</summary>
        internal string RequestId { get; set; } = "";

        internal string TraceId { get; set; }

        public void Dispose() => sink.Dispose();

        /// <summary>An error that ended an invocation, or the process.</summary>
        internal void Error(string text) => Write(new LogRecord(LogLevel.Error, text));

        internal void Write(LogRecord record)
        {
            if (record.Level < format.Lowest)
            {
                return;
            }
            var now = DateTime.UtcNow;
            if (format.IsJson)
            {
                Emit(record.Json(now, RequestId, TraceId), now, record.Level, 0);
            }
            else
            {
                var text = format.IsBare ? record.Message : record.Line(now, RequestId);
                Emit(Encoding.UTF8.GetBytes(text + "\n"), now, record.Level, Text);
            }
        }

        /// <summary>A piece of a line, as it is.</summary>
        internal void WritePiece(string piece)
        {
            lock (turn)
            {
                sink.Write(Encoding.UTF8.GetBytes(piece));
                sink.Flush();
            }
        }

        private void Emit(byte[] record, DateTime now, LogLevel? level, uint kind)
        {
            var head = new byte[isFramed ? HeadBytes : 0];
            if (isFramed)
            {
                // The platform's levels begin with the one of records that have none.
                var number = level.HasValue ? (uint)level.Value + 1 : 0;
                BinaryPrimitives.WriteUInt32BigEndian(head, Frame | number << 2 | kind);
                BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), record.Length);
                var microseconds = (now - DateTime.UnixEpoch).Ticks / TicksPerMicrosecond;
                BinaryPrimitives.WriteInt64BigEndian(head.AsSpan(8), microseconds);
            }
            lock (turn)
            {
                var whole = new byte[head.Length + record.Length];
                head.CopyTo(whole, 0);
                record.CopyTo(whole, head.Length);
                sink.Write(whole);
                sink.Flush();
            }
        }
    }
}
