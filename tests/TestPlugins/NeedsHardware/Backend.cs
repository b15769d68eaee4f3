using Camshaft.Backends;

[assembly: CamshaftPlugin(ContractVersion.Minor)]

namespace Camshaft.TestPlugins;

public sealed class NeedsHardwareBackend() : EmptyBackend("needs"), IBackend
{
    string IBackend.OptionsName => "hardware";

    public override void Start(BackendContext context) => throw new BackendException(
        StatusCode.Unavailable, $"there is no abacus; looked at '{(context.Options.TryGetValue("PORT", out var port) ? port : "nothing")}'");
}
