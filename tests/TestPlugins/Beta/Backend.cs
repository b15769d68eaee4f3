using Camshaft.Backends;

[assembly: CamshaftPlugin(ContractVersion.Minor)]

namespace Camshaft.TestPlugins;

public sealed class BetaBackend() : EmptyBackend("beta")
{
    public override string Platform => Dependency.Describe();
}
