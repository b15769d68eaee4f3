using Camshaft.Backends;

[assembly: CamshaftPlugin(ContractVersion.Minor)]

namespace Camshaft.TestPlugins;

public sealed class AlphaBackend() : EmptyBackend("alpha")
{
    public override string Platform => Dependency.Describe();
}
