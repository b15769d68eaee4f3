using Camshaft.Backends;

[assembly: CamshaftPlugin(ContractVersion.Minor)]

namespace Camshaft.TestPlugins;

public sealed class OnlyNamedBackend() : EmptyBackend("named"), IBackend
{
    bool IBackend.RunsOnlyWhenNamed => true;

    public override ModelSignature? Inspect(ModelSource source) => File.ReadAllText(source.FilePath) switch
    {
        "right" => new ModelSignature([], [new TensorSpec("Y", DataType.Float32, new Shape([1]))]),
        "wrong" => throw new BackendException(StatusCode.InvalidArgument, $"{source}: the model is wrong."),
        _ => null,
    };
}
