using Camshaft.Backends;
using Camshaft.Samples;
using Camshaft.Testing;

namespace Camshaft.Transport.Binary.Tests.Support;

/// <summary>A server with two copies of a model, <c>first</c> and <c>second</c>, and memory for one; opens with the tag
/// <c>team=either</c> go to the second, and where that takes none to <c>small</c>, which does the same with hardly any memory. <c>sample_identity</c> takes none.</summary>
public sealed class StandbyServer : BinaryTestServer
{
    public const int Length = 20_000;

    private static readonly byte[] Model = CreateModel(Length);

    private bool _isMeasured;
    private long? _budget;

    protected override long? ModelMemoryByteSize => _budget;

    // Fewer than two frames have, so that a third is one too many. A test moves the clock as far as it takes.
    protected override BinaryTransportOptions Options => base.Options with { StandbyByteSize = 5 * Length, RequestTimeout = null };

    public override async ValueTask InitializeAsync()
    {
        if (!_isMeasured)
        {
            await using var unbounded = new StandbyServer { _isMeasured = true };
            await unbounded.InitializeAsync();
            _budget = unbounded.Find("first").Footprint.HostByteSize + (Model.Length / 2);
        }

        await base.InitializeAsync();
    }

    private protected override void WriteModels(TempDirectory models)
    {
        models.Write("first/1/model.onnx", Model);
        models.Write("second/1/model.onnx", Model);
        models.Write("small/1/model.onnx", CreateModel(1));
        models.Write("first/model.yaml", """
            routing:
              rules:
                - when: { tags: { team: either } }
                  targets: [ { target: second } ]
                  fallbacks: [ small ]
            """u8);
        models.Write("sample_identity/1/model.sample", "operation: identity\ndatatype: UINT8"u8);
    }

    /// <summary>Adds 1 to each of the numbers.</summary>
    private static byte[] CreateModel(int weights) => new OnnxModelBuilder()
        .Input("x", DataType.Float32, $"{Length}")
        .Output("y", DataType.Float32, $"{Length}")
        .Initializer("ones", TestTensor.Of(DataType.Float32, [weights], Enumerable.Repeat(1f, weights).ToArray()))
        .Node("Add", ["x", "ones"], ["y"])
        .Build();
}
