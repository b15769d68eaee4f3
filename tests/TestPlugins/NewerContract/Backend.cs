using Camshaft.Backends;

[assembly: CamshaftPlugin(ContractVersion.Minor + 1)]

namespace Camshaft.TestPlugins;

public sealed class NewerContractBackend() : EmptyBackend("newer");
