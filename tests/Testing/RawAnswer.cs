using System.Net;
using System.Text.Json;
using Xunit;

namespace Camshaft.Testing;

/// <summary>An answer of HTTP/1.1 as it came.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Headers">Its headers, whatever the case of their names.</param>
/// <param name="Body">Its body, out of its chunks if it has some.</param>
public sealed record RawAnswer(HttpStatusCode Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>Whether the server says that this was the connection's last answer.</summary>
    public bool Closes => Headers.TryGetValue("Connection", out var connection) && connection == "close";

    /// <summary>What KServe's error object says; empty where the answer has no body.</summary>
    public string Error
    {
        get
        {
            if (Body.Length == 0)
            {
                return "";
            }

            using var document = JsonDocument.Parse(Body);
            Assert.Equal("application/json", Headers["Content-Type"]);
            Assert.Equal("error", Assert.Single(document.RootElement.EnumerateObject()).Name);
            return document.RootElement.GetProperty("error").GetString()!;
        }
    }
}
