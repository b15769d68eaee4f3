using Camshaft.Backends;

namespace Camshaft.Client.Tests;

/// <summary>The client that stands in for a server in users' tests.</summary>
public sealed class InMemoryTests
{
    private static readonly ModelSignature Signature = new([new TensorSpec("x", DataType.Float32, new Shape(-1))], [new TensorSpec("y", DataType.Float32, new Shape(-1))]);

    [Fact]
    public async Task A_function_is_a_model()
    {
        await using var client = new InMemoryInferenceClient().AddModel("double", Signature, static request =>
        {
            var values = request.Read<float>("x").ToArray();
            request.Write<float>("y", [.. values.Select(static value => value * 2)]);
        });
        await using var model = await client.OpenModelAsync("double");

        using var result = await model.InferAsync(InferenceInput.Create("x", new float[] { 1, 2, 3 }));

        Assert.Equal([2, 4, 6], result["y"].ToArray<float>());
    }

    [Fact]
    public async Task Inputs_are_checked_as_a_server_checks_them()
    {
        await using var client = new InMemoryInferenceClient().AddModel("double", Signature, static request => request.Write("y", request.Read<float>("x")));
        await using var model = await client.OpenModelAsync("double");

        await AssertRefusedAsync(model, [InferenceInput.Create("z", new float[1])], "has no input 'z'; expected 'x'");
        await AssertRefusedAsync(model, [InferenceInput.Create("x", new int[1])], "input 'x' has datatype INT32; expected FP32");
        await AssertRefusedAsync(model, [InferenceInput.Create("x", new float[1], 1, 1)], "input 'x' has shape [1,1]; expected [-1]");
        await AssertRefusedAsync(model, [], "input 'x' is missing");
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<InferenceException>(async () => await client.OpenModelAsync("triple"))).Code);
    }

    [Fact]
    public async Task A_model_that_takes_too_long_is_ended()
    {
        await using var client = new InMemoryInferenceClient().AddModel("slow", Signature, static (_, cancellationToken) => new ValueTask(Task.Delay(Timeout.Infinite, cancellationToken)));
        await using var model = await client.OpenModelAsync("slow");

        var exception = await Assert.ThrowsAsync<InferenceException>(
            async () => await model.InferAsync(InferenceInput.Create("x", new float[1]), new InferenceOptions { Timeout = TimeSpan.FromMilliseconds(1) }));

        Assert.Equal(StatusCode.DeadlineExceeded, exception.Code);
    }

    private static async Task AssertRefusedAsync(IInferenceModel model, InferenceInput[] inputs, string message)
    {
        var exception = await Assert.ThrowsAsync<InferenceException>(async () => await model.InferAsync(inputs));
        Assert.Equal($"Model 'double' version 1: {message}.", exception.Message);
        Assert.Equal(StatusCode.InvalidArgument, exception.Code);
    }
}
