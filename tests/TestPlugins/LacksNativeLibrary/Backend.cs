using Camshaft.Backends;

[assembly: CamshaftPlugin(ContractVersion.Minor)]

namespace Camshaft.TestPlugins;

public sealed class LacksNativeLibraryBackend() : EmptyBackend("lacks")
{
    public override void Start(BackendContext context) => System.Runtime.InteropServices.NativeLibrary.Load("libcamshaft_absent.so", typeof(LacksNativeLibraryBackend).Assembly, null);
}
