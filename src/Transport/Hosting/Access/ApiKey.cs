using System.Security.Cryptography;
using System.Text;

namespace Camshaft.Transport.Hosting.Access;

/// <summary>A key that callers show, what it allows and within which limits. The key itself is not kept, only its hash.</summary>
public sealed record ApiKey
{
    /// <summary>Its name in logs and messages.</summary>
    public required string Name { get; init; }

    /// <summary>The SHA-256 hash of the key's UTF-8 bytes, 32 bytes.</summary>
    public required ReadOnlyMemory<byte> Sha256 { get; init; }

    /// <summary>What it allows.</summary>
    public required AccessRights Rights { get; init; }

    /// <summary>How many requests a second it may make; 0 = any number.</summary>
    public int RequestsPerSecond { get; init; }

    /// <summary>How many requests it may make at once after a rest; 0 = as many as in one second.</summary>
    public int Burst { get; init; }

    /// <summary>How many requests it may have in flight; 0 = any number.</summary>
    public int ConcurrentRequests { get; init; }

    /// <summary>The hash of a key.</summary>
    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
