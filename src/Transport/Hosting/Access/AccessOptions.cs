namespace Camshaft.Transport.Hosting.Access;

/// <summary>Who may do what. Immutable; the default trusts this machine and lets others infer and observe.</summary>
public sealed record AccessOptions
{
    /// <summary>The keys; names differ.</summary>
    public IReadOnlyList<ApiKey> Keys { get; init; } = [];

    /// <summary>
    /// What callers without a key may do; null = without any <see cref="Keys"/> infer and observe, and manage from this
    /// machine, with keys nothing.
    /// </summary>
    public AccessRights? AnonymousRights { get; init; }

    /// <summary>How many requests one client address may have in flight; 0 = any number.</summary>
    public int RequestsPerClient { get; init; }
}
