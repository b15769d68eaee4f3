using System.Security.Cryptography;
using Camshaft.Transport.Hosting.Access;

namespace Camshaft.Server.Configuration;

/// <summary>One API key. The key itself is given in one of three ways.</summary>
internal sealed class ApiKeySection
{
    private const int LeastKeyLength = 16;
    private const int MostRequestsPerSecond = 1_000_000;

    [Setting("The key, 16 characters or more; better kept in a file or as a hash", IsSecret = true)]
    public string? Key { get; set; }

    [Setting("A file that holds the key in its first line", IsPath = true)]
    public string? KeyFile { get; set; }

    [Setting("The SHA-256 hash of the key, in hexadecimal; then the configuration holds no secret")]
    public string? KeySha256 { get; set; }

    [Setting("A right of the key: infer, observe or manage", Default = "infer, observe")]
    public AccessRights[] Rights { get; set; } = [];

    [Setting("Requests a second; more are refused with 429; 0 = no limit", Unit = "requests a second")]
    public int RequestsPerSecond { get; set; }

    [Setting("Requests at once after a rest, before the rate holds", Unit = "requests", Default = "as many as in one second")]
    public int Burst { get; set; }

    [Setting("Requests in flight at once; one more is refused with 429; 0 = no limit", Unit = "requests")]
    public int ConcurrentRequests { get; set; }

    /// <summary>The key that it states.</summary>
    /// <exception cref="ConfigurationException">It states none, or several, or a bad one.</exception>
    public ApiKey ToApiKey(string name)
    {
        if (RequestsPerSecond is < 0 or > MostRequestsPerSecond || Burst is < 0 or > MostRequestsPerSecond || ConcurrentRequests is < 0 or > MostRequestsPerSecond)
        {
            throw new ConfigurationException($"The API key '{name}' has a limit out of range; expected 0 to {MostRequestsPerSecond}.");
        }

        return new ApiKey
        {
            Name = name,
            Sha256 = FindHash(name),
            Rights = Rights.Length == 0 ? AccessRights.Infer | AccessRights.Observe : Rights.Aggregate(static (rights, right) => rights | right),
            RequestsPerSecond = RequestsPerSecond,
            Burst = Burst,
            ConcurrentRequests = ConcurrentRequests,
        };
    }

    private byte[] FindHash(string name)
    {
        if (new[] { Key, KeyFile, KeySha256 }.Count(static given => given is not null) != 1)
        {
            throw new ConfigurationException($"The API key '{name}' needs exactly one of key, keyFile and keySha256.");
        }

        if (KeySha256 is not { } hash)
        {
            return Hash(name, Key ?? ReadFile(name));
        }

        try
        {
            return Convert.FromHexString(hash) is { Length: SHA256.HashSizeInBytes } bytes ? bytes : throw new FormatException();
        }
        catch (FormatException)
        {
            throw new ConfigurationException($"The API key '{name}' has a keySha256 that is no hash; expected {SHA256.HashSizeInBytes * 2} hexadecimal digits.");
        }
    }

    private string ReadFile(string name)
    {
        try
        {
            return File.ReadLines(KeyFile!).FirstOrDefault("").Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"The API key '{name}' cannot be read: {exception.Message}", exception);
        }
    }

    private static byte[] Hash(string name, string key)
    {
        // HTTP carries it in a header, which holds visible ASCII alone without doubt.
        if (key.Length < LeastKeyLength || !key.All(static character => character is > ' ' and < (char)127))
        {
            throw new ConfigurationException($"The API key '{name}' is not usable; expected {LeastKeyLength} or more visible ASCII characters without spaces.");
        }

        return ApiKey.Hash(key);
    }
}
