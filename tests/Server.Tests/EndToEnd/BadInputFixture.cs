using Camshaft.Backends;
using Camshaft.Samples;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.EndToEnd;

/// <summary>A server with good models, <c>simple</c> and <c>gather</c>, which fails for some values, and one for each way in which a model can be bad.</summary>
public sealed class BadInputFixture : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private readonly TempDirectory _outside = new();

    internal TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var simple = SampleModel.Read("simple");
        _directory.Write("simple/1/model.onnx", simple);
        _directory.Write("text/1/model.onnx", SampleModel.Read("simple_identity"));
        _directory.Write("corrupt/1/model.onnx", "this is no model"u8);
        _directory.Write("cut/1/model.onnx", simple.AsSpan(0, simple.Length / 2));
        _directory.Write("empty/1/model.onnx", []);
        _directory.Write("fileless/1/notes.txt", [1]);
        _directory.Write("versionless/notes.txt", [1]);
        _directory.Write("disagrees/1/model.onnx", simple);
        _directory.Write("disagrees/model.yaml", "inputs: [ { name: INPUT0, datatype: FP32 }, { name: INPUT1 } ]"u8);
        _directory.Write("misspelt/1/model.onnx", simple);
        _directory.Write("misspelt/model.yaml", "bakend: onnxruntime"u8);
        _directory.Write("homeless/1/model.onnx", simple);
        _directory.Write("homeless/model.yaml", "backend: tensorflow"u8);
        _directory.Write("future/1/model.onnx", new OnnxModelBuilder().Input("x", DataType.Float32, "n").Output("y", DataType.Float32, "n").Node("Identity", ["x"], ["y"]).Build(opsetVersion: 1_000));
        _directory.Write("unknown/1/model.onnx", new OnnxModelBuilder().Input("x", DataType.Float32, "n").Output("y", DataType.Float32, "n").Node("Frobnicate", ["x"], ["y"]).Build());
        _directory.Write("gather/1/model.onnx", new OnnxModelBuilder()
            .Input("index", DataType.Int64, "n").Output("value", DataType.Int64, "n")
            .Initializer("values", new Shape(3), [10L, 20L, 30L])
            .Node("Gather", ["values", "index"], ["value"]).Build());
        _directory.Write("linked/1/notes.txt", [1]);
        File.CreateSymbolicLink(Path.Combine(_directory.FullPath, "linked/1/model.onnx"), _outside.Write("model.onnx", simple));
        _directory.Write("dangling/1/notes.txt", [1]);
        File.CreateSymbolicLink(Path.Combine(_directory.FullPath, "dangling/1/model.onnx"), "nothing.onnx");
        Server = await TestServer.StartAsync(_directory.FullPath);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _directory.Dispose();
        _outside.Dispose();
    }
}
