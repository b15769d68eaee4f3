using System.Net;
using System.Text.Json;
using Camshaft.Testing;

namespace Camshaft.Plugins.CudaModules.Tests;

/// <summary>What clients see over HTTP when a kernel faults.</summary>
public sealed class HttpFaultTests
{
    private const string Pair = """{"inputs":[{"name":"A","datatype":"FP32","shape":[2],"data":[1,2]},{"name":"B","datatype":"FP32","shape":[2],"data":[3,4]}]}""";
    private const string Reason = "GPU 0 has failed, and works again only after a restart of the server";

    [Fact]
    public async Task A_kernel_that_faults_ends_its_device_and_the_server_goes_on()
    {
        await using var gpu = new GpuEngine();
        gpu.AddSample("vector_add");
        gpu.AddSample("softmax");
        gpu.Write("on_processors/1/model.sample", "operation: identity\n");
        await using var http = await GpuHttp.StartAsync(gpu);
        Assert.Equal(HttpStatusCode.OK, (await http.PostAsync("/v2/models/vector_add/infer", Pair)).Status);

        gpu.Simulation.FailKernel("vector_add");
        var faulting = http.PostAsync("/v2/models/vector_add/infer", Pair);
        await gpu.Clock.AdvanceUntilAsync(
            TimeSpan.FromMilliseconds(10),
            () => faulting.IsCompleted && gpu.Get("softmax").Reason is not null && gpu.Get("vector_add").Reason is not null);

        var (status, body) = await faulting;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains(Reason, body, StringComparison.Ordinal);
        Assert.Contains("CUDA_ERROR_ILLEGAL_ADDRESS", body, StringComparison.Ordinal);

        // Every model of the device is unavailable, with the reason wherever one asks.
        foreach (var model in (string[])["vector_add", "softmax"])
        {
            (status, body) = await http.PostAsync($"/v2/models/{model}/infer", Pair);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            Assert.Contains(Reason, body, StringComparison.Ordinal);
            (status, body) = await http.GetAsync($"/v2/models/{model}/ready");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            Assert.Contains(Reason, body, StringComparison.Ordinal);
        }

        var index = JsonDocument.Parse((await http.PostAsync("/v2/repository/index", "{}")).Body).RootElement.EnumerateArray().ToDictionary(static entry => entry.GetProperty("name").GetString()!);
        Assert.All(["vector_add", "softmax"], name => Assert.Equal("UNAVAILABLE", index[name].GetProperty("state").GetString()));
        Assert.All(["vector_add", "softmax"], name => Assert.Contains(Reason, index[name].GetProperty("reason").GetString(), StringComparison.Ordinal));
        Assert.Equal("READY", index["on_processors"].GetProperty("state").GetString());

        // The server lives, and what runs on the processors goes on.
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/v2/health/live")).Status);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/v2/models/on_processors/ready")).Status);
        (status, body) = await http.PostAsync("/v2/models/on_processors/infer", """{"inputs":[{"name":"INPUT0","datatype":"FP32","shape":[2],"data":[1,2]}]}""");
        Assert.True(status == HttpStatusCode.OK, body);
    }
}
