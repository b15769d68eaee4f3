using Camshaft.Backends;

[assembly: CamshaftPlugin(ContractVersion.Minor)]

namespace Camshaft.TestPlugins;

public sealed class ThrowsInConstructorBackend : EmptyBackend
{
    public ThrowsInConstructorBackend()
        : base("throws") => throw new InvalidOperationException("no licence");
}
