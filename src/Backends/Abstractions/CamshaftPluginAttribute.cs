namespace Camshaft.Backends;

/// <summary>
/// Marks an assembly as a backend plugin: <c>[assembly: CamshaftPlugin(ContractVersion.Minor)]</c>. The constant is compiled
/// into the plugin, so that a host with a lower minor can refuse it by name instead of failing in the middle of a call.
/// </summary>
/// <param name="contractMinor">The minor version of the contract that the plugin was built against.</param>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class CamshaftPluginAttribute(int contractMinor) : Attribute
{
    /// <summary>The minor version of the contract that the plugin was built against.</summary>
    public int ContractMinor { get; } = contractMinor;
}
