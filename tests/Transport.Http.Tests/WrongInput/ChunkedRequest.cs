using System.Globalization;
using System.Text;

namespace Camshaft.Transport.Http.Tests.WrongInput;

/// <summary>Writes a request whose body comes in chunks.</summary>
internal static class ChunkedRequest
{
    public static byte[] Create(string path, string json, ReadOnlySpan<byte> tail, int chunkByteSize)
    {
        var request = new List<byte>(Encoding.Latin1.GetBytes($"POST {path} HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\nInference-Header-Content-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n"));
        foreach (var chunk in Encoding.UTF8.GetBytes(json).Concat(tail.ToArray()).Chunk(chunkByteSize))
        {
            request.AddRange(Encoding.Latin1.GetBytes(chunk.Length.ToString("x", CultureInfo.InvariantCulture) + "\r\n"));
            request.AddRange(chunk);
            request.AddRange("\r\n"u8);
        }

        request.AddRange("0\r\n\r\n"u8);
        return [.. request];
    }
}
