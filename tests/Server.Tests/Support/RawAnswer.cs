namespace Camshaft.Server.Tests.Support;

/// <summary>An answer of HTTP/1.1.</summary>
internal sealed record RawAnswer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>Whether the server says that this was the connection's last answer.</summary>
    public bool Closes => Headers.TryGetValue("Connection", out var connection) && connection == "close";
}
