using System.CommandLine;
using System.Text.Json.Nodes;
using Camshaft.Backends.Cuda;
using Camshaft.Server.CommandLine;
using Camshaft.Testing.Cuda;

namespace Camshaft.Server.Tests.CommandLine;

/// <summary><c>camshaft devices</c>, with the simulated driver.</summary>
[Collection(CommandLineCollection.Name)]
public sealed class DevicesCommandTests
{
    [Fact]
    public void Each_gpu_has_a_row_and_the_driver_a_line()
    {
        using var simulated = new SimulatedDriver(new SimulatedDriverOptions { DeviceCount = 2 });
        var lines = Run(() => new CudaDriver(simulated.Resolve)).Split(Environment.NewLine);

        Assert.StartsWith("DEVICE", lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"cpu:0   {Environment.ProcessorCount} processors", lines[1], StringComparison.Ordinal);
        Assert.Matches("^cuda:0 .*64 MiB", lines[2]);
        Assert.Matches("^cuda:1 .*64 MiB", lines[3]);
        Assert.Contains("NVIDIA's driver knows CUDA 12.8.", lines);
    }

    [Fact]
    public void A_driver_without_green_contexts_is_said_to_be_one()
    {
        using var simulated = new SimulatedDriver(new SimulatedDriverOptions { Version = 12020 });

        Assert.Contains("NVIDIA's driver knows CUDA 12.2, which has no green contexts: no 'device_share'.", Run(() => new CudaDriver(simulated.Resolve)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_gpu_that_does_not_answer_has_its_reason_and_the_others_their_rows()
    {
        using var simulated = new SimulatedDriver(new SimulatedDriverOptions { DeviceCount = 2 });
        simulated.Fail("cuDeviceGetName", 999);
        var gpus = JsonNode.Parse(Run(() => new CudaDriver(simulated.Resolve), "--output", "json"))!["gpus"]!;

        Assert.Contains("cuDeviceGetName", (string)gpus[0]!["reason"]!, StringComparison.Ordinal);
        Assert.Null(gpus[1]!["reason"]);
        Assert.Equal(64 << 20, (int)gpus[1]!["memoryByteSize"]!);
    }

    [Theory]
    [InlineData("cuInit")]
    [InlineData("cuDriverGetVersion")]
    [InlineData("cuDeviceGetCount")]
    public void A_driver_that_does_not_start_is_a_reason(string call)
    {
        using var simulated = new SimulatedDriver(new SimulatedDriverOptions());
        simulated.Fail(call, 999);

        Assert.Contains("No GPU: the NVIDIA driver does not start: ", Run(() => new CudaDriver(simulated.Resolve)), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_driver_there_is_a_reason()
    {
        var json = JsonNode.Parse(Run(static () => throw new CudaUnavailableException("no NVIDIA driver"), "--output", "json"))!;

        Assert.Equal("no NVIDIA driver", (string?)json["noGpuReason"]);
        Assert.Equal(Environment.ProcessorCount, (int)json["processors"]!);
        Assert.EndsWith($"No GPU: no NVIDIA driver.{Environment.NewLine}", Run(static () => throw new CudaUnavailableException("no NVIDIA driver")), StringComparison.Ordinal);
    }

    private static string Run(Func<CudaDriver> load, params string[] arguments)
    {
        using var output = new StringWriter();
        var exitCode = new DevicesCommand(load).Parse(arguments).Invoke(new InvocationConfiguration { Output = output });
        Assert.Equal(CamshaftCommand.Success, exitCode);
        return output.ToString();
    }
}
