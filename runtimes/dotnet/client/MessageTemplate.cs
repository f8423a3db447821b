using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;

namespace Mayfly.Lambda
{
    /// <summary>
    /// A message with places for values: <c>{name}</c>, <c>{0}</c>, <c>{price:0.00}</c>, <c>{@order}</c> for JSON.
    /// A brace that is doubled stands for itself.
    /// </summary>
    internal sealed class MessageTemplate
    {
        private readonly List<Part> parts;

        /// <summary>Whether the places name values by number, and every number up to the highest is there.</summary>
        private readonly bool isPositional;

        private MessageTemplate(List<Part> parts)
        {
            this.parts = parts;
            var numbers = Places.Select(place => int.TryParse(place.Name, out var number) ? number : -1).ToHashSet();
            isPositional = numbers.Count > 0 && numbers.Min() == 0 && numbers.Max() == numbers.Count - 1;
        }

        private IEnumerable<Part> Places => parts.Where(part => part.IsPlace);

        internal static MessageTemplate Parse(string text)
        {
            var parts = new List<Part>();
            var literal = new StringBuilder();
            for (var at = 0; at < text.Length; at++)
            {
                var isDoubled = at + 1 < text.Length && text[at + 1] == text[at];
                var end = text[at] == '{' && !isDoubled ? text.IndexOf('}', at) : -1;
                if (end > at + 1)
                {
                    parts.Add(Part.Literal(literal.ToString()));
                    literal.Clear();
                    parts.Add(Part.Place(text.Substring(at + 1, end - at - 1)));
                    at = end;
                    continue;
                }
                literal.Append(text[at]);
                if (isDoubled && (text[at] == '{' || text[at] == '}'))
                {
                    at++;
                }
            }
            parts.Add(Part.Literal(literal.ToString()));
            return new MessageTemplate(parts);
        }

        /// <summary>The message with its values. A place for which there is none stays as it was written.</summary>
        internal string Fill(object[] values)
        {
            var message = new StringBuilder();
            var place = 0;
            foreach (var part in parts)
            {
                message.Append(
                    !part.IsPlace ? part.Text
                    : TryValue(part, place++, values, out var value) ? part.Format(value)
                    : $"{{{part.Text}}}");
            }
            return message.ToString();
        }

        /// <summary>Each place's name with its value, where there is one.</summary>
        internal IEnumerable<(string Name, object Value)> Named(object[] values)
        {
            var seen = new HashSet<string>();
            var place = 0;
            foreach (var part in Places)
            {
                if (TryValue(part, place++, values, out var value) && value != null && seen.Add(part.Name))
                {
                    yield return (part.Name, part.IsFormatted ? part.Format(value) : value);
                }
            }
        }

        internal static string Text(object value) =>
            value is byte[] bytes
                ? Convert.ToBase64String(bytes)
                : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

        private bool TryValue(Part part, int place, object[] values, out object value)
        {
            var index = isPositional ? int.Parse(part.Name) : place;
            var isThere = index < values.Length;
            value = isThere ? values[index] : null;
            return isThere;
        }

        private readonly struct Part
        {
            private readonly string format;
            private readonly bool isJson;

            private Part(string text, bool isPlace)
            {
                Text = text;
                IsPlace = isPlace;
                var colon = isPlace ? text.IndexOf(':') : -1;
                format = colon < 0 ? null : text.Substring(colon + 1);
                var name = colon < 0 ? text : text.Substring(0, colon);
                isJson = name.StartsWith('@');
                Name = isJson ? name.Substring(1) : name;
            }

            internal string Text { get; }

            internal string Name { get; }

            internal bool IsPlace { get; }

            internal bool IsFormatted => isJson || format != null;

            internal static Part Literal(string text) => new Part(text, false);

            internal static Part Place(string text) => new Part(text, true);

            /// <summary>A value that cannot be written as the place has it is shown by its own text.</summary>
            internal string Format(object value)
            {
                try
                {
                    return isJson ? JsonSerializer.Serialize(value) : Formatted(value);
                }
                catch (Exception)
                {
                    return MessageTemplate.Text(value);
                }
            }

            private string Formatted(object value) =>
                format != null && value is IFormattable formattable
                    ? formattable.ToString(format, CultureInfo.InvariantCulture)
                    : MessageTemplate.Text(value);
        }
    }
}
