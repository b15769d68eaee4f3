using Camshaft.Transport.Hosting.Access;

namespace Camshaft.Server.Configuration;

/// <summary>Who may do what.</summary>
internal sealed class AccessSection
{
    [Setting("A right of callers without a key: infer, observe or manage, or none alone", Default = "infer, observe, and manage from this machine; none once there are keys")]
    public AccessRights[] Anonymous { get; set; } = [];

    [Setting("An API key", KeyNames = ["name"])]
    public Dictionary<string, ApiKeySection> Keys { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The access rules that it states.</summary>
    /// <exception cref="ConfigurationException">A key is not usable.</exception>
    public AccessOptions ToAccessOptions(LimitOptions limits) => new()
    {
        Keys = [.. Keys.Select(static entry => entry.Value.ToApiKey(entry.Key))],
        AnonymousRights = Anonymous.Length == 0 ? null : Anonymous.Aggregate(static (rights, right) => rights | right),
        RequestsPerClient = limits.RequestsPerClient,
    };
}
