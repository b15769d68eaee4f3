using Camshaft.Backends;
using Camshaft.Client.Tests.Support;

namespace Camshaft.Client.Tests;

/// <summary>The same interface over KServe V2, against the real server.</summary>
[Collection(ServerCollection.Name)]
public sealed class KServeHttpTests(ServerFixture server)
{
    [Fact]
    public async Task Tensors_go_and_come_back()
    {
        await using var client = new KServeHttpClient(server.HttpAddress);
        await using var model = await client.OpenModelAsync("simple");
        int[] numbers = [.. Enumerable.Range(0, 16)];

        using var result = await model.InferAsync(
            [InferenceInput.Create("INPUT0", numbers, 1, 16), InferenceInput.Create("INPUT1", numbers, 1, 16)],
            new InferenceOptions { Outputs = ["OUTPUT0"], Priority = 1 });

        Assert.Equal((1, 1), (result.Count, result.ModelVersion));
        Assert.Equal(numbers.Select(static number => number * 2), result["OUTPUT0"].ToArray<int>());
    }

    [Fact]
    public async Task Large_tensors_and_texts_go_and_come_back()
    {
        await using var client = new KServeHttpClient(server.HttpAddress);
        await using var identity = await client.OpenModelAsync("sample_identity", version: 1);
        await using var texts = await client.OpenModelAsync("simple_identity");
        var bytes = new byte[600_001];
        new Random(7).NextBytes(bytes);
        long[] shape = texts.Signature.Inputs[0].Shape.Rank == 2 ? [1, 2] : [2];

        using var result = await identity.InferAsync(InferenceInput.Create(identity.Signature.Inputs[0].Name, bytes));
        using var text = await texts.InferAsync(InferenceInput.CreateTexts(texts.Signature.Inputs[0].Name, ["one", "zwölf"], shape));

        Assert.True(result[0].Bytes.SequenceEqual(bytes));
        Assert.Equal(["one", "zwölf"], text[0].ToTexts());
    }

    [Fact]
    public async Task Errors_have_the_same_codes_as_over_the_binary_protocol()
    {
        await using var client = new KServeHttpClient(server.HttpAddress);
        await using var model = await client.OpenModelAsync("simple");

        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<InferenceException>(async () => await client.OpenModelAsync("nothing"))).Code);
        var exception = await Assert.ThrowsAsync<InferenceException>(async () => await model.InferAsync(InferenceInput.Create("INPUT0", new float[16], 1, 16)));
        Assert.Equal(StatusCode.InvalidArgument, exception.Code);
        Assert.Contains("INPUT0", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deadlines_and_cancellation_end_requests_here_and_in_the_server()
    {
        await using var client = new KServeHttpClient(server.HttpAddress);
        await using var model = await client.OpenModelAsync("endless");
        var input = InferenceInput.Create("x", new float[4]);
        using var cancel = new CancellationTokenSource();

        var cancelled = model.InferAsync(input, cancellationToken: cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        var late = await Assert.ThrowsAsync<InferenceException>(async () => await model.InferAsync(input, new InferenceOptions { Timeout = TimeSpan.FromMilliseconds(50) }));

        Assert.Equal(StatusCode.DeadlineExceeded, late.Code);
        await server.AssertNothingRunsAsync();
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told()
    {
        await using var client = new KServeHttpClient("http://127.0.0.1:1");

        var exception = await Assert.ThrowsAsync<InferenceException>(async () => await client.OpenModelAsync("simple"));

        Assert.Equal(StatusCode.Unavailable, exception.Code);
        Assert.Contains("http://127.0.0.1:1/ cannot be reached", exception.Message, StringComparison.Ordinal);
    }
}
