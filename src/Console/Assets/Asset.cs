using System.IO.Compression;
using System.Security.Cryptography;

namespace Camshaft.LiveConsole.Assets;

/// <summary>One file of the page, in memory as long as the process. Immutable.</summary>
internal sealed class Asset
{
    /// <summary>Takes a file's content.</summary>
    public Asset(string path, byte[] content)
    {
        Content = content;
        ContentType = Path.GetExtension(path) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => "text/plain; charset=utf-8",
        };
        Tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 12))}\"";
        Compressed = Compress(content);
    }

    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>The same by gzip.</summary>
    public ReadOnlyMemory<byte> Compressed { get; }

    public string ContentType { get; }

    /// <summary>Changes with the content, as caches compare it.</summary>
    public string Tag { get; }

    private static byte[] Compress(byte[] content)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Optimal))
        {
            gzip.Write(content);
        }

        return output.ToArray();
    }
}
