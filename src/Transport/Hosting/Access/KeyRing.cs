using System.Security.Cryptography;
using System.Text;

namespace Camshaft.Transport.Hosting.Access;

/// <summary>Finds the caller for a key. Every key is compared in full, so that time tells nothing of them.</summary>
internal sealed class KeyRing : IDisposable
{
    // No key that a person or a program makes is longer; what is, is none of ours.
    private const int LongestKey = 1024;

    private readonly (byte[] Sha256, Caller Caller)[] _keys;

    public KeyRing(IReadOnlyList<ApiKey> keys)
    {
        if (keys.GroupBy(static key => key.Name, StringComparer.Ordinal).FirstOrDefault(static group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"Two API keys have the name '{twice.Key}'.", nameof(keys));
        }

        _keys = [.. keys.Select(static key => (key.Sha256.ToArray(), new Caller(key)))];
    }

    public bool IsEmpty => _keys.Length == 0;

    public Caller? Find(ReadOnlySpan<char> key)
    {
        if (key.Length is 0 or > LongestKey)
        {
            return null;
        }

        Span<byte> utf8 = stackalloc byte[LongestKey * 3];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(key, utf8)], hash);
        Caller? found = null;
        foreach (var (sha256, caller) in _keys)
        {
            found = CryptographicOperations.FixedTimeEquals(hash, sha256) ? caller : found;
        }

        return found;
    }

    public void Dispose()
    {
        foreach (var (_, caller) in _keys)
        {
            caller.Dispose();
        }
    }
}
