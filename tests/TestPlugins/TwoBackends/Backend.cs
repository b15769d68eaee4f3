using Camshaft.Backends;

[assembly: CamshaftPlugin(ContractVersion.Minor)]

namespace Camshaft.TestPlugins;

public sealed class OneBackend() : EmptyBackend("one");

public sealed class OtherBackend() : EmptyBackend("other");
