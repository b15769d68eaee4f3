using System.Net;
using System.Text;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.Support;

/// <summary>A request to the sample model <c>simple</c> as its bytes on HTTP/1.1, and what it answers.</summary>
internal static class SimpleRequest
{
    public const string Body = """
        {"inputs":[{"name":"INPUT0","datatype":"INT32","shape":[1,16],"data":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]},
        {"name":"INPUT1","datatype":"INT32","shape":[1,16],"data":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}]}
        """;

    /// <summary>What the answer's body holds.</summary>
    public const string Sum = "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]";

    public static byte[] Bytes { get; } = Create("");

    /// <summary>The same from a client that wants no second answer.</summary>
    public static byte[] LastBytes { get; } = Create("Connection: close\r\n");

    public static bool IsAnsweredBy(RawAnswer answer) => answer.Status == HttpStatusCode.OK && Encoding.UTF8.GetString(answer.Body).Contains(Sum, StringComparison.Ordinal);

    private static byte[] Create(string headers) =>
        Encoding.UTF8.GetBytes($"POST /v2/models/simple/infer HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{headers}Content-Length: {Body.Length}\r\n\r\n{Body}");
}
