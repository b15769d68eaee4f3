using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Camshaft.Load.Targets;

/// <summary>The trust in servers whose certificates an authority of the user's has signed.</summary>
internal static class Authority
{
    /// <summary>Trusts the authority in a PEM file, and no other.</summary>
    /// <exception cref="LoadException">The file holds none.</exception>
    public static X509ChainPolicy Trust(string path)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(path);
            return policy;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new LoadException($"The authority's certificate '{path}' cannot be used: {exception.Message}", exception);
        }
    }
}
