using System.Buffers;
using System.Security.Cryptography;

namespace Camshaft.Backends.OnnxRuntime.Preparation;

/// <summary>Hashes of files, read in pieces.</summary>
internal static class FileHash
{
    private const int PieceByteSize = 1 << 20;

    /// <summary>The SHA-256 hash of a file, in hexadecimal.</summary>
    public static string Compute(string path, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, path, cancellationToken);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Adds a file's bytes to a hash.</summary>
    public static void Append(IncrementalHash hash, string path, CancellationToken cancellationToken)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        var piece = ArrayPool<byte>.Shared.Rent(PieceByteSize);
        try
        {
            var position = 0L;
            for (int read; (read = RandomAccess.Read(file, piece, position)) > 0; position += read)
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.AppendData(piece, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }
}
