using Camshaft.Client;

namespace Camshaft.Microbenchmarks.Budgets;

/// <summary>A round trip over the loopback by the client that programs use. The server takes nothing, so that what is taken is the client's.</summary>
internal sealed class ClientOperation : IBudgetedOperation
{
    private readonly ServerUnderTest _server = new();
    private CamshaftClient _client = null!;
    private IInferenceModel _model = null!;
    private InferenceInput _input;

    public async Task StartAsync()
    {
        await _server.StartAsync().ConfigureAwait(false);
        _client = new CamshaftClient($"camshaft://127.0.0.1:{_server.BinaryPort}");
        _model = await _client.OpenModelAsync(ServerUnderTest.Model).ConfigureAwait(false);
        _input = InferenceInput.Create(_model.Signature.Inputs[0].Name, new byte[ServerUnderTest.ByteSize]);
    }

    public async Task RunAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            using var result = await _model.InferAsync(_input).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _model.DisposeAsync().ConfigureAwait(false);
        await _client.DisposeAsync().ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
    }
}
