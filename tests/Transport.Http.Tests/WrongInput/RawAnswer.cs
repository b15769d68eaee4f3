using System.Net;
using System.Text.Json;

namespace Camshaft.Transport.Http.Tests.WrongInput;

/// <summary>An answer as it came.</summary>
internal sealed record RawAnswer(HttpStatusCode Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>Whether the server says that it closes the connection.</summary>
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
