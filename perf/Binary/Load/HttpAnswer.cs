using System.Globalization;
using System.Text;

namespace Camshaft.BinaryBenchmark.Load;

/// <summary>HTTP/1.1 as far as a load needs it: one request made before, and how long an answer is.</summary>
internal static class HttpAnswer
{
    /// <summary>An infer of a UINT8 vector with a binary tensor and a binary answer.</summary>
    public static byte[] CreateRequest(string model, int byteSize)
    {
        var json = $$$"""{"inputs":[{"name":"INPUT0","datatype":"UINT8","shape":[{{{byteSize}}}],"parameters":{"binary_data_size":{{{byteSize}}}}}],"parameters":{"binary_data_output":true}}""";
        var head = $"POST /v2/models/{model}/infer HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\nInference-Header-Content-Length: {json.Length}\r\nContent-Length: {json.Length + byteSize}\r\n\r\n{json}";
        return [.. Encoding.ASCII.GetBytes(head), .. Enumerable.Range(0, byteSize).Select(static i => (byte)(i * 7))];
    }

    /// <returns>Whether the head is there, which tells how long the whole is.</returns>
    /// <exception cref="InvalidOperationException">The server answers something else than success.</exception>
    public static bool TryMeasure(ReadOnlySpan<byte> answer, out int byteSize)
    {
        byteSize = 0;
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        var head = Encoding.ASCII.GetString(answer[..end]);
        const string length = "Content-Length: ";
        var line = head.Split("\r\n").FirstOrDefault(static line => line.StartsWith(length, StringComparison.OrdinalIgnoreCase));
        if (!head.StartsWith("HTTP/1.1 200", StringComparison.Ordinal) || line is null)
        {
            throw new InvalidOperationException($"The HTTP port answers: {head}");
        }

        byteSize = end + 4 + int.Parse(line[length.Length..], CultureInfo.InvariantCulture);
        return true;
    }
}
