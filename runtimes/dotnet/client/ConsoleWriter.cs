using System;
using System.IO;
using System.Text;

namespace Mayfly.Lambda
{
    /// <summary>
    /// The console that functions see: a whole line is a record of the console's level, a piece of one goes out as it
    /// is. Every way to write a line ends in one of the methods below.
    /// </summary>
    internal sealed class ConsoleWriter : TextWriter
    {
        private readonly Log log;
        private readonly LogLevel level;

        internal ConsoleWriter(Log log, LogLevel level)
        {
            this.log = log;
            this.level = level;
        }

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => log.WritePiece(value.ToString());

        public override void Write(char[] buffer, int index, int count) =>
            log.WritePiece(new string(buffer, index, count));

        public override void Write(string value) => log.WritePiece(value ?? "");

        public override void WriteLine() => WriteLine("");

        public override void WriteLine(string value) => log.Write(new LogRecord(level, value ?? ""));

        public override void WriteLine(char value) => WriteLine(value.ToString());

        public override void WriteLine(char[] buffer) => WriteLine(new string(buffer));

        public override void WriteLine(char[] buffer, int index, int count) =>
            WriteLine(new string(buffer, index, count));

        public override void WriteLine(ReadOnlySpan<char> buffer) => WriteLine(buffer.ToString());

        public override void WriteLine(bool value) => WriteLine(value.ToString());

        public override void WriteLine(decimal value) => WriteLine(value.ToString(FormatProvider));

        public override void WriteLine(double value) => WriteLine(value.ToString(FormatProvider));

        public override void WriteLine(float value) => WriteLine(value.ToString(FormatProvider));

        public override void WriteLine(int value) => WriteLine(value.ToString(FormatProvider));

        public override void WriteLine(uint value) => WriteLine(value.ToString(FormatProvider));

        public override void WriteLine(long value) => WriteLine(value.ToString(FormatProvider));

        public override void WriteLine(ulong value) => WriteLine(value.ToString(FormatProvider));

        public override void WriteLine(object value) => WriteLine(value?.ToString());

        public override void WriteLine(StringBuilder value) => WriteLine(value?.ToString());

        public override void WriteLine(string format, object first) => WriteLine(string.Format(format, first));

        public override void WriteLine(string format, object first, object second) =>
            WriteLine(string.Format(format, first, second));

        public override void WriteLine(string format, object first, object second, object third) =>
            WriteLine(string.Format(format, first, second, third));

        public override void WriteLine(string format, params object[] values) =>
            WriteLine(string.Format(format, values));
    }
}
