using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests;

/// <summary>A model in the real plugin, with one instance.</summary>
internal sealed class LoadedModel : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly ILoadedModel _model;
    private readonly IModelInstance _instance;

    private LoadedModel(Func<TempDirectory, string> write, IReadOnlyDictionary<string, string> parameters)
    {
        _model = Plugin.Load(write(_directory), parameters);
        _instance = _model.CreateInstance(new TestDevice().CreateLane(0));
    }

    public ModelSignature Signature => _model.Signature;

    public MemoryFootprint Footprint => _model.Footprint;

    public IModelInstance Instance => _instance;

    public static LoadedModel Of(OnnxModelBuilder builder, params (string Key, string Value)[] parameters)
        => new(directory => directory.Write("model.onnx", builder.Build()), parameters.ToDictionary(pair => pair.Key, pair => pair.Value));

    public static LoadedModel OfFile(string path, params (string Key, string Value)[] parameters)
        => new(_ => path, parameters.ToDictionary(pair => pair.Key, pair => pair.Value));

    public TestExecution Execution(params TestTensor[] inputs) => new(Signature, inputs);

    public IReadOnlyDictionary<string, TestTensor> Run(params TestTensor[] inputs)
    {
        using var execution = Execution(inputs);
        execution.Run(_instance);
        return execution.ReadOutputs();
    }

    public void Dispose()
    {
        _instance.Dispose();
        _model.Dispose();
        _directory.Dispose();
    }
}
