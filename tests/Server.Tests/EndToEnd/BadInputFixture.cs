using Camshaft.Server.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.EndToEnd;

/// <summary>A server with one good model, <c>simple</c>, and one for each way in which a model can be bad.</summary>
public sealed class BadInputFixture : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();

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
        Server = await TestServer.StartAsync(_directory.FullPath);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _directory.Dispose();
    }
}
