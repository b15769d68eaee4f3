using Camshaft.Testing;
using Camshaft.Testing.Cuda;

namespace Camshaft.LiveConsole.Tests.Support;

/// <summary>
/// A server with two simulated GPUs: one that tells everything and runs <c>vector_add</c>, whose kernel takes 3 ms of the device's time, and one that tells nothing.
/// Nothing is on the second.
/// </summary>
internal sealed class GpuServer : IAsyncDisposable
{
    private readonly TempDirectory _models;

    private GpuServer(TempDirectory models, SimulatedGpus gpus, ConsoleServer server)
    {
        _models = models;
        Gpus = gpus;
        Server = server;
    }

    public SimulatedGpus Gpus { get; }

    public ConsoleServer Server { get; }

    /// <summary>Starts it.</summary>
    /// <param name="sensorClock">The clock by which sensors are read; null = the system's.</param>
    public static async Task<GpuServer> StartAsync(TimeProvider? sensorClock = null)
    {
        var models = new TempDirectory();
        AddSample(models, "vector_add", "device: cuda:0\nlimits: { device_memory_bytes: 1000000 }\n");
        IdentityModels.Write(models, "on_processors");
        var gpus = new SimulatedGpus(sensorClock ?? TimeProvider.System, log: null, SimulatedGpus.Talkative, new SimulatedSensors());
        gpus.Driver.Register(new SimulatedKernel("vector_add", [8, 8, 8, 4], static launch => launch.Write<float>(2, launch.Get<int>(3)).Clear()) { Time = TimeSpan.FromMilliseconds(3) });
        return new GpuServer(models, gpus, await ConsoleServer.StartAsync(models.FullPath, static options => options.Alerts.IntervalSeconds = 1, gpus.Provider));
    }

    /// <summary>Runs requests one after another.</summary>
    public async Task RunAsync(int count)
    {
        var model = RealModels.Find(Server, "vector_add");
        for (var i = 0; i < count; i++)
        {
            using var answer = await TensorRequest.SendAsync(Server.Http, model);
            answer.EnsureSuccessStatusCode();
        }
    }

    /// <summary>Runs a request whose kernel faults, which is the first GPU's end.</summary>
    public async Task FailAsync()
    {
        var model = RealModels.Find(Server, "vector_add");
        Gpus.Driver.FailKernel("vector_add");
        using var answer = await TensorRequest.SendAsync(Server.Http, model);
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Gpus.Dispose();
        _models.Dispose();
    }

    private static void AddSample(TempDirectory models, string name, string configuration)
    {
        var root = Path.Combine(TestData.RepositoryRoot, "samples", "cuda", name);
        foreach (var path in Directory.GetFiles(Path.Combine(root, "1")))
        {
            models.Write(Path.Combine(name, "1", Path.GetFileName(path)), File.ReadAllBytes(path));
        }

        models.Write($"{name}/model.yaml", System.Text.Encoding.UTF8.GetBytes($"backend: cuda_module\n{configuration}"));
    }
}
