using Camshaft.Backends;
using Camshaft.Client;
using Camshaft.CudaSharedMemory.Tests.Support;

namespace Camshaft.CudaSharedMemory.Tests;

/// <summary>What a client reads when the GPU refuses a batch, wherever that is on its way.</summary>
public sealed class DeviceRefusalTests
{
    private const int OutOfMemory = 2;

    [Theory]
    [InlineData("cuEventCreate", true, ": GPU 0: cuEventCreate failed")]
    [InlineData("cuStreamCreateWithPriority", true, ": GPU 0: cuStreamCreateWithPriority failed")]
    [InlineData("cuCtxSetCurrent", false, ": ")] // Where the batch begins, or where the request's memory is taken.
    [InlineData("cuMemAllocFromPoolAsync", true, " needs 256 bytes of memory")]
    [InlineData("cuMemcpyHtoDAsync", false, ": GPU 0: cuMemcpyHtoDAsync failed")]
    [InlineData("cuLaunchKernel", false, ": cuLaunchKernel of 'vector_add' failed")]
    [InlineData("cuMemcpyDtoHAsync", false, ": GPU 0: cuMemcpyDtoHAsync failed")]
    [InlineData("cuLaunchHostFunc", false, ": GPU 0: cuLaunchHostFunc failed")]
    public async Task A_refusal_names_the_model_and_the_next_request_runs(string call, bool isFirst, string reason)
    {
        await using var server = await GpuServer.StartAsync(prepare: static server => server.AddSample("vector_add", configuration: """
            backend: cuda_module
            device: cuda
            warm_up: none
            """));
        await using var client = server.CreateClient();
        await using var model = await client.OpenModelAsync("vector_add");
        if (!isFirst)
        {
            await AddAsync(model);
        }

        server.Simulation.Fail(call, OutOfMemory);
        var exception = await Assert.ThrowsAsync<InferenceException>(() => AddAsync(model));

        Assert.Equal(StatusCode.ResourceExhausted, exception.Code);
        Assert.StartsWith($"Model 'vector_add' version 1{reason}", exception.Message, StringComparison.Ordinal);
        await AddAsync(model);
    }

    private static async Task AddAsync(IInferenceModel model)
    {
        using var result = await model.InferAsync([InferenceInput.Create("A", new float[] { 1 }), InferenceInput.Create("B", new float[] { 2 })]);
        Assert.Equal([3f], result["C"].ToArray<float>());
    }
}
