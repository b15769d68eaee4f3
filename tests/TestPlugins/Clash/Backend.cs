using Camshaft.Backends;

[assembly: CamshaftPlugin(ContractVersion.Minor)]

namespace Camshaft.TestPlugins;

/// <summary>Takes the name of another plugin's backend.</summary>
public sealed class ClashBackend() : EmptyBackend("alpha");
