using Camshaft.Backends;
using Camshaft.Client.Tests.Support;

namespace Camshaft.Client.Tests;

/// <summary>The client of the binary protocol against the real server.</summary>
[Collection(ServerCollection.Name)]
public sealed class ServerTests(ServerFixture server)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Typed_tensors_go_and_come_back_on_port_and_socket(bool unix)
    {
        await using var client = new CamshaftClient(unix ? server.UnixAddress : server.Address);
        await using var model = await client.OpenModelAsync("simple");
        int[] numbers = [.. Enumerable.Range(0, 16)];
        int[] ones = [.. Enumerable.Repeat(1, 16)];

        using var result = await model.InferAsync([InferenceInput.Create("INPUT1", ones, 1, 16), InferenceInput.Create("INPUT0", numbers, 1, 16)]);

        Assert.Equal(Enumerable.Range(1, 16), result["OUTPUT0"].ToArray<int>());
        Assert.Equal(Enumerable.Range(-1, 16), result["OUTPUT1"].ToArray<int>());
        Assert.Equal(new Shape(1, 16), result["OUTPUT0"].Shape);
        Assert.Equal((1, 2), (result.ModelVersion, result.Count));
    }

    [Fact]
    public async Task A_model_tells_its_signature()
    {
        await using var client = new CamshaftClient(server.Address);
        await using var model = await client.OpenModelAsync("simple", version: 1);

        Assert.Equal(["INPUT0", "INPUT1"], model.Signature.Inputs.Select(static input => input.Name));
        Assert.Equal(("simple", 1), (model.Name, model.Version));
    }

    [Fact]
    public async Task Raw_bytes_of_any_length_go_and_come_back()
    {
        await using var client = new CamshaftClient(server.Address);
        await using var model = await client.OpenModelAsync("sample_identity");
        foreach (var length in new[] { 0, 1, 63, 64, 65, 4096, 600_000, 3_000_001 })
        {
            var bytes = new byte[length];
            new Random(length).NextBytes(bytes);
            using var result = await model.InferAsync(InferenceInput.CreateRaw(model.Signature.Inputs[0].Name, DataType.UInt8, bytes, length));

            Assert.True(result[0].Bytes.SequenceEqual(bytes), $"{length} bytes came back otherwise.");
        }
    }

    [Fact]
    public async Task Texts_go_and_come_back()
    {
        await using var client = new CamshaftClient(server.Address);
        await using var model = await client.OpenModelAsync("simple_identity");
        var shape = model.Signature.Inputs[0].Shape;

        using var result = await model.InferAsync(InferenceInput.CreateTexts(model.Signature.Inputs[0].Name, ["one", "zwölf"], shape.Rank == 2 ? [1, 2] : [2]));

        Assert.Equal(["one", "zwölf"], result[0].ToTexts());
    }

    [Fact]
    public async Task Only_the_outputs_that_are_wanted_come()
    {
        await using var client = new CamshaftClient(server.Address);
        await using var model = await client.OpenModelAsync("simple");
        var input = new int[16];

        using var result = await model.InferAsync(
            [InferenceInput.Create("INPUT0", input, 1, 16), InferenceInput.Create("INPUT1", input, 1, 16)],
            new InferenceOptions { Outputs = ["OUTPUT1"], Priority = 1, Tags = new Dictionary<string, string> { ["tenant"] = "a" } });

        Assert.Equal((1, "OUTPUT1"), (result.Count, result[0].Name));
        Assert.Throws<KeyNotFoundException>(() => result["OUTPUT0"].Bytes.Length);
    }

    [Fact]
    public async Task Many_requests_share_a_connection_and_each_gets_its_own_answer()
    {
        await using var client = new CamshaftClient(server.Address);
        await using var model = await client.OpenModelAsync("sample_identity");
        var name = model.Signature.Inputs[0].Name;

        await Parallel.ForEachAsync(Enumerable.Range(0, 2000), new ParallelOptions { MaxDegreeOfParallelism = 300 }, async (i, cancellationToken) =>
        {
            var bytes = BitConverter.GetBytes(i);
            using var result = await model.InferAsync(InferenceInput.Create(name, bytes), cancellationToken: cancellationToken);
            Assert.Equal(bytes, result[0].ToArray<byte>());
        });
    }

    [Fact]
    public async Task A_model_that_is_not_there_is_not_found()
    {
        await using var client = new CamshaftClient(server.Address);

        var exception = await Assert.ThrowsAsync<InferenceException>(async () => await client.OpenModelAsync("nothing"));

        Assert.Equal(StatusCode.NotFound, exception.Code);
        Assert.Contains("nothing", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_input_is_told_and_the_next_request_works()
    {
        await using var client = new CamshaftClient(server.Address);
        await using var model = await client.OpenModelAsync("sample_identity");
        var name = model.Signature.Inputs[0].Name;

        var unknown = await Assert.ThrowsAsync<InferenceException>(async () => await model.InferAsync(InferenceInput.Create("nothing", new byte[1])));
        var wrong = await Assert.ThrowsAsync<InferenceException>(async () => await model.InferAsync(InferenceInput.Create(name, new float[1])));

        Assert.Equal((StatusCode.InvalidArgument, StatusCode.InvalidArgument), (unknown.Code, wrong.Code));
        Assert.Contains($"no input 'nothing'; expected '{name}'", unknown.Message, StringComparison.Ordinal);
        using var result = await model.InferAsync(InferenceInput.Create(name, new byte[] { 7 }));
        Assert.Equal([7], result[0].ToArray<byte>());
    }

    [Fact]
    public async Task A_request_that_is_cancelled_ends_in_the_server_too()
    {
        await using var client = new CamshaftClient(server.Address);
        await using var model = await client.OpenModelAsync("endless");
        using var cancel = new CancellationTokenSource();

        var task = model.InferAsync(InferenceInput.Create("x", new float[4]), cancellationToken: cancel.Token).AsTask();
        await cancel.CancelAsync();

        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
        Assert.Equal(cancel.Token, exception.CancellationToken);
        await server.AssertNothingRunsAsync();
    }

    [Fact]
    public async Task A_deadline_ends_a_request_here_and_in_the_server()
    {
        await using var client = new CamshaftClient(server.Address);
        await using var model = await client.OpenModelAsync("endless");

        var exception = await Assert.ThrowsAsync<InferenceException>(
            async () => await model.InferAsync(InferenceInput.Create("x", new float[4]), new InferenceOptions { Timeout = TimeSpan.FromMilliseconds(50) }));

        Assert.Equal(StatusCode.DeadlineExceeded, exception.Code);
        await server.AssertNothingRunsAsync();
    }

    [Fact]
    public async Task A_result_that_was_disposed_cannot_be_read()
    {
        await using var client = new CamshaftClient(server.Address);
        await using var model = await client.OpenModelAsync("sample_identity");
        var result = await model.InferAsync(InferenceInput.Create(model.Signature.Inputs[0].Name, new byte[1]));
        result.Dispose();
        result.Dispose();

        Assert.Throws<ObjectDisposedException>(() => result[0].Bytes.Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_was_disposed_takes_no_requests(bool isHttp)
    {
        IInferenceClient client = isHttp ? new KServeHttpClient(server.HttpAddress) : new CamshaftClient(server.Address);
        var model = await client.OpenModelAsync("sample_identity");
        await client.DisposeAsync();
        await client.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await model.InferAsync(InferenceInput.Create("INPUT0", new byte[1])));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await client.OpenModelAsync("sample_identity"));
    }

    [Fact]
    public async Task A_model_that_was_disposed_cannot_be_run_and_its_handle_is_free()
    {
        await using var client = new CamshaftClient(server.Address);

        // More than a connection may have open at once.
        for (var i = 0; i < 1100; i++)
        {
            var model = await client.OpenModelAsync("sample_identity");
            await model.DisposeAsync();
            await Assert.ThrowsAsync<ObjectDisposedException>(async () => await model.InferAsync(InferenceInput.Create("in", new byte[1])));
        }
    }
}
