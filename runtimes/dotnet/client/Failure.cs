using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Mayfly.Lambda
{
    /// <summary>What a function is told to have done wrong: the error document, and the record in its log.</summary>
    internal sealed class Failure
    {
        private const int DocumentMaxBytes = 256 * 1024;
        private const string TooLong = "{\"errorMessage\": \"Exception exceeded maximum payload size of 256KB.\"}";

        /// <summary>A list of causes of causes may have no end that is worth telling.</summary>
        private const int DepthMax = 16;

        private static readonly JsonWriterOptions Format =
            new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

        private static readonly string OwnFrame = $"at {typeof(Failure).Namespace}.";

        /// <summary>What stands between the client and the function's method or constructor.</summary>
        private static readonly string[] Reflection =
        {
            "at System.Reflection.", "at System.Runtime", "at System.Activator.", "at InvokeStub_",
        };

        private readonly Exception error;

        internal Failure(Exception error)
        {
            this.error = error;
        }

        internal string Type => error.GetType().Name;

        /// <summary>The record for the log.</summary>
        internal string Text
        {
            get
            {
                // An error's own text ends with its stack.
                var lines = error.ToString().Split(Environment.NewLine);
                return string.Join(Environment.NewLine, WithoutClient(lines));
            }
        }

        internal MemoryStream Document()
        {
            var document = new MemoryStream();
            using (var json = new Utf8JsonWriter(document, Format))
            {
                Write(json, error, 0);
            }
            return document.Length <= DocumentMaxBytes ? document : new MemoryStream(Encoding.ASCII.GetBytes(TooLong));
        }

        private static void Write(Utf8JsonWriter json, Exception error, int depth)
        {
            json.WriteStartObject();
            json.WriteString("errorType", error.GetType().Name);
            json.WriteString("errorMessage", error.Message);
            var frames = Frames(error);
            if (frames.Count > 0)
            {
                json.WriteStartArray("stackTrace");
                frames.ForEach(json.WriteStringValue);
                json.WriteEndArray();
            }
            if (error.InnerException != null && depth < DepthMax)
            {
                json.WritePropertyName("cause");
                Write(json, error.InnerException, depth + 1);
            }
            if (error is AggregateException several && depth < DepthMax)
            {
                json.WriteStartArray("causes");
                foreach (var cause in several.InnerExceptions)
                {
                    Write(json, cause, depth + 1);
                }
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }

        private static List<string> Frames(Exception error)
        {
            var lines = (error.StackTrace ?? "").Split(Environment.NewLine).Select(line => line.Trim());
            return WithoutClient(lines).Where(line => line.Length > 0).ToList();
        }

        /// <summary>Leaves out the frames of this client, and those of the call from it into the function.</summary>
        private static List<string> WithoutClient(IEnumerable<string> lines)
        {
            var kept = new List<string>();
            foreach (var line in lines)
            {
                if (!line.TrimStart().StartsWith(OwnFrame, StringComparison.Ordinal))
                {
                    kept.Add(line);
                    continue;
                }
                while (kept.Count > 0 && IsReflection(kept[^1].TrimStart()))
                {
                    kept.RemoveAt(kept.Count - 1);
                }
            }
            return kept;
        }

        private static bool IsReflection(string frame) =>
            Reflection.Any(beginning => frame.StartsWith(beginning, StringComparison.Ordinal));
    }
}
