using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;

/// <summary>
/// Compiled beside this with <c>scripts/csc</c>, so that nobody needs a compiler, for every .NET from Core 3.1 on. From
/// a stream to a stream, a function needs no package.
/// </summary>
public static class Hello
{
    public static Stream Handle(Stream input)
    {
        using var call = JsonDocument.Parse(input);
        var name = call.RootElement.TryGetProperty("name", out var value) ? value.GetString() : "world";
        Console.WriteLine($"greeting {name}");
        var answer = new Dictionary<string, string> { ["message"] = $"Hello {name} from .NET {Environment.Version}" };
        return new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(answer));
    }
}
