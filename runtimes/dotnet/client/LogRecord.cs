using System;
using System.Collections;
using System.Globalization;
using System.IO;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Mayfly.Lambda
{
    /// <summary>One record: a text, or a template with the values that stand in it, and perhaps an error.</summary>
    internal sealed class LogRecord
    {
        private const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";

        private static readonly JsonWriterOptions Format =
            new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

        private readonly string levelName;
        private readonly MessageTemplate template;
        private readonly object[] values;
        private readonly Exception error;

        internal LogRecord(LogLevel? level, string message)
            : this(level?.ToString(), null, message, null)
        {
        }

        /// <summary>A level of the function's own is shown as it is, and never left out.</summary>
        internal LogRecord(string levelName, Exception error, string message, object[] values)
        {
            this.levelName = levelName;
            this.error = error;
            this.values = values ?? Array.Empty<object>();
            Level = LogLevels.Named(levelName);
            template = this.values.Length > 0 ? MessageTemplate.Parse(message ?? "") : null;
            Message = template == null ? message ?? "" : template.Fill(this.values);
        }

        internal LogLevel? Level { get; }

        internal string Message { get; }

        internal string Line(DateTime now, string requestId)
        {
            var shown = Level?.Label() ?? levelName;
            var prefix = $"{Time(now)}\t{requestId}\t{(string.IsNullOrEmpty(shown) ? "" : shown + "\t")}";
            return prefix + Message + (error == null ? "" : "\n" + error);
        }

        internal byte[] Json(DateTime now, string requestId, string traceId)
        {
            using var record = new MemoryStream();
            using (var json = new Utf8JsonWriter(record, Format))
            {
                json.WriteStartObject();
                json.WriteString("timestamp", Time(now));
                json.WriteString("level", Level?.ToString() ?? LogLevel.Information.ToString());
                if (!string.IsNullOrEmpty(requestId))
                {
                    json.WriteString("requestId", requestId);
                }
                if (!string.IsNullOrEmpty(traceId))
                {
                    json.WriteString("traceId", traceId);
                }
                json.WriteString("message", Message);
                WriteValues(json);
                WriteError(json);
                json.WriteEndObject();
            }
            record.WriteByte((byte)'\n');
            return record.ToArray();
        }

        private static string Time(DateTime now) => now.ToString(TimeFormat, CultureInfo.InvariantCulture);

        private void WriteValues(Utf8JsonWriter json)
        {
            if (template == null)
            {
                return;
            }
            foreach (var (name, value) in template.Named(values))
            {
                json.WritePropertyName(name);
                Write(json, value);
            }
        }

        private void WriteError(Utf8JsonWriter json)
        {
            if (error == null)
            {
                return;
            }
            json.WriteString("errorType", error.GetType().FullName);
            json.WriteString("errorMessage", error.Message);
            json.WriteStartArray("stackTrace");
            foreach (var line in error.ToString().Split('\n'))
            {
                json.WriteStringValue(line.Trim());
            }
            json.WriteEndArray();
        }

        private static void Write(Utf8JsonWriter json, object value)
        {
            switch (value)
            {
                case bool truth:
                    json.WriteBooleanValue(truth);
                    break;
                case byte _:
                case sbyte _:
                case short _:
                case ushort _:
                case int _:
                case long _:
                    json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                    break;
                case uint _:
                case ulong _:
                    json.WriteNumberValue(Convert.ToUInt64(value, CultureInfo.InvariantCulture));
                    break;
                case decimal number:
                    json.WriteNumberValue(number);
                    break;
                case float number when IsFinite(number):
                    json.WriteNumberValue(number);
                    break;
                case double number when IsFinite(number):
                    json.WriteNumberValue(number);
                    break;
                case IDictionary entries:
                    json.WriteStartObject();
                    foreach (DictionaryEntry entry in entries)
                    {
                        json.WritePropertyName(MessageTemplate.Text(entry.Key));
                        WriteItem(json, entry.Value);
                    }
                    json.WriteEndObject();
                    break;
                case IList items when !(value is byte[]):
                    json.WriteStartArray();
                    foreach (var item in items)
                    {
                        WriteItem(json, item);
                    }
                    json.WriteEndArray();
                    break;
                default:
                    json.WriteStringValue(MessageTemplate.Text(value));
                    break;
            }
        }

        /// <summary>What is in a collection is not looked into: collections may contain themselves.</summary>
        private static void WriteItem(Utf8JsonWriter json, object item)
        {
            if (item == null)
            {
                json.WriteNullValue();
            }
            else if (item is IEnumerable)
            {
                json.WriteStringValue(MessageTemplate.Text(item));
            }
            else
            {
                Write(json, item);
            }
        }

        private static bool IsFinite(double number) => !double.IsNaN(number) && !double.IsInfinity(number);
    }
}
