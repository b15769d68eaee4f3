using System.Buffers;
using Camshaft.Backends;
using Camshaft.Client.Tests.Support;
using Camshaft.Transport.Wire;

namespace Camshaft.Client.Tests;

/// <summary>Requests of whose caller's making it is that they cannot be written: each fails alone, and those beside it on the connection go on.</summary>
public sealed class WrongRequestTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly InferenceInput Input = InferenceInput.Create("in", new byte[] { 1, 2, 3 });

    private readonly ScriptedServer _server = new();
    private CamshaftClient _client = null!;
    private IInferenceModel _model = null!;
    private ScriptedConnection _connection = null!;

    public async ValueTask InitializeAsync()
    {
        _client = new CamshaftClient(_server.Address);
        var open = _client.OpenModelAsync("model").AsTask();
        _connection = await _server.AcceptAsync();
        await _connection.OpenAsync();
        _model = await open;
    }

    public async ValueTask DisposeAsync()
    {
        await _model.DisposeAsync();
        await _client.DisposeAsync();
        _connection.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task A_tag_without_a_value_fails_its_request()
    {
        var (before, infer) = await BeginAsync();
        var wrong = _model.InferAsync(Input, new InferenceOptions { Tags = new Dictionary<string, string> { ["tag"] = null! } }).AsTask();

        var exception = await Assert.ThrowsAsync<InferenceException>(() => wrong.WaitAsync(Patience));

        Assert.Equal((StatusCode.InvalidArgument, true), (exception.Code, exception.NotBegun));
        Assert.Contains("'model'", exception.Message, StringComparison.Ordinal);
        await AssertAnsweredAsync(before, infer);
    }

    [Fact]
    public async Task An_input_whose_memory_is_gone_fails_its_request()
    {
        var (before, infer) = await BeginAsync();
        var memory = new GoneMemory().Memory;
        var wrong = _model.InferAsync(InferenceInput.Create<byte>("in", memory)).AsTask();

        var exception = await Assert.ThrowsAsync<InferenceException>(() => wrong.WaitAsync(Patience));

        Assert.Equal(StatusCode.InvalidArgument, exception.Code);
        Assert.Contains("'model': input 'in' cannot be read", exception.Message, StringComparison.Ordinal);

        // Its frame had begun, and goes on with zeros; the server is told that nobody wants the answer.
        var gone = await _connection.ReceiveAsync(FrameKind.Infer);
        Assert.All(gone.Data[0], static element => Assert.Equal(0, element));
        Assert.Equal(gone.Id, (await _connection.ReceiveAsync(FrameKind.Cancel)).Id);
        await AssertAnsweredAsync(before, infer);
    }

    private async Task<(Task<InferenceResult> Task, Transport.Wire.Tests.Support.FrameImage Infer)> BeginAsync()
    {
        var task = _model.InferAsync(Input).AsTask();
        return (task, await _connection.ReceiveAsync(FrameKind.Infer));
    }

    private async Task AssertAnsweredAsync(Task<InferenceResult> task, Transport.Wire.Tests.Support.FrameImage infer)
    {
        await _connection.AnswerAsync(infer);
        using var result = await task.WaitAsync(Patience);
        Assert.Equal([1, 2, 3], result[0].ToArray<byte>());
    }

    /// <summary>Memory whose owner has given it back.</summary>
    private sealed class GoneMemory : MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(3);

        public override Span<byte> GetSpan() => throw new ObjectDisposedException(nameof(GoneMemory));

        public override MemoryHandle Pin(int elementIndex = 0) => throw new ObjectDisposedException(nameof(GoneMemory));

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
