using Camshaft.Backends;

[assembly: CamshaftPlugin(ContractVersion.Minor)]

namespace Camshaft.TestPlugins;

public sealed class OnlyNamedBackend() : EmptyBackend("named"), IBackend
{
    bool IBackend.RunsOnlyWhenNamed => true;
}
