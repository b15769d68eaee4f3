using Camshaft.Backends;

namespace Camshaft.Engine.Plugins;

/// <summary>What is known of one folder of the plugin directory.</summary>
/// <param name="Name">The folder's name, which is also that of the assembly in it.</param>
/// <param name="Folder">Its absolute path.</param>
/// <param name="State">Whether it could be loaded.</param>
/// <param name="Reason">Why not; null when it was.</param>
public sealed record PluginInfo(string Name, string Folder, PluginState State, string? Reason)
{
    /// <summary>The plugin's backend; null when it failed.</summary>
    public IBackend? Backend { get; init; }

    /// <summary>The name of the plugin's backend; null when it failed before that was known.</summary>
    public string? BackendName { get; init; }

    /// <summary>The minor version of the contract that it was built against; null when that is not known.</summary>
    public int? ContractMinor { get; init; }

    /// <summary>The plugin assembly's version; null when that is not known.</summary>
    public Version? AssemblyVersion { get; init; }
}
