using System.Runtime.InteropServices;
using Camshaft.Backends;
using Camshaft.Backends.Cuda;
using Camshaft.Backends.Cuda.Devices;
using Camshaft.Engine;
using Camshaft.Engine.Models;
using Camshaft.Testing;
using Camshaft.Testing.Cuda;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Camshaft.Plugins.CudaModules.Tests;

/// <summary>A whole engine on simulated GPUs that run by themselves, with the plugin in a load context of its own.</summary>
internal sealed class GpuEngine : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TempDirectory _models = new();
    private readonly int _sensorCount;

    public GpuEngine(SimulatedDriverOptions? options = null, EngineOptions? engineOptions = null, CudaOptions? cudaOptions = null, params ReadOnlySpan<SimulatedSensors> sensors)
    {
        _sensorCount = sensors.Length;
        Management = new SimulatedManagement(sensors);
        Simulation = new SimulatedDriver((options ?? new SimulatedDriverOptions()) with { RunsByItself = true });
        Provider = new CudaDeviceProvider(() => new CudaDriver(Simulation.Resolve), cudaOptions ?? new CudaOptions(), Clock, Management.CreateMonitor(Clock));
        Engine = new InferenceEngine(
            (engineOptions ?? new EngineOptions()) with { ControlMode = ModelControlMode.Explicit, LoadModels = ["*"], ModelDirectories = [_models.FullPath], PluginDirectory = Path.Combine(AppContext.BaseDirectory, "plugins") },
            LoggerFactory.Create(logging => logging.AddProvider(Log)),
            Clock,
            [Provider]);
    }

    public FakeTimeProvider Clock { get; } = new();

    /// <summary>What the engine has logged.</summary>
    public EngineLog Log { get; } = new();

    public SimulatedDriver Simulation { get; }

    public SimulatedManagement Management { get; }

    public CudaDeviceProvider Provider { get; }

    public InferenceEngine Engine { get; }

    /// <summary>Copies a sample into the repository.</summary>
    /// <param name="sample">Its name in <c>samples/cuda</c>.</param>
    /// <param name="name">The model's name; null = the sample's.</param>
    /// <param name="addition">Lines for its <c>model.yaml</c>.</param>
    public void AddSample(string sample, string? name = null, string addition = "")
    {
        var root = Path.Combine(TestData.RepositoryRoot, "samples", "cuda", sample);
        foreach (var path in Directory.GetFiles(root, "*", SearchOption.AllDirectories))
        {
            _models.Write(Path.Combine(name ?? sample, Path.GetRelativePath(root, path)), File.ReadAllBytes(path));
        }

        if (addition.Length > 0)
        {
            Write($"{name ?? sample}/model.yaml", File.ReadAllText(Path.Combine(root, "model.yaml")) + addition);
        }
    }

    /// <summary>Adds a version of a model that is the same as its first.</summary>
    public void AddVersion(string model, int number)
    {
        foreach (var path in Directory.GetFiles(Path.Combine(_models.FullPath, model, "1")))
        {
            _models.Write(Path.Combine(model, $"{number}", Path.GetFileName(path)), File.ReadAllBytes(path));
        }
    }

    public void Write(string path, string text) => _models.Write(path, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Unloads a model, unless it is not loaded, and loads it.</summary>
    public async Task ReloadAsync(string model)
    {
        await Engine.Controller.UnloadAsync(model, CancellationToken.None);
        var status = await Engine.Controller.LoadAsync(model, CancellationToken.None);
        Assert.True(status.IsOk, status.Message);
    }

    /// <summary>Starts it, and waits until its GPUs have told something of themselves.</summary>
    public async Task StartAsync()
    {
        await Engine.StartAsync(CancellationToken.None);
        while (Provider.Devices.Take(_sensorCount).Any(static device => device.ReadSensors() == default))
        {
            await Task.Yield();
        }
    }

    public ModelVersion Get(string model) => Engine.Models.List().Single(entry => entry.Name == model).Versions[^1];

    /// <summary>Lets a device fail by a model's kernel, and waits until every model of it is out of service.</summary>
    public async Task LoseDeviceAsync(string kernel, string model, params (long[] Shape, float[] Values)[] inputs)
    {
        var device = Get(model).Device;
        Simulation.FailKernel(kernel);
        var answer = InferAsync(model, inputs);
        await Clock.AdvanceUntilAsync(TimeSpan.FromMilliseconds(10), () => answer.IsCompleted);

        Assert.Equal(StatusCode.Unavailable, (await answer).Status.Code);
        while (Engine.Models.List().SelectMany(static entry => entry.Versions).Any(version => version.Device == device && version.State != ModelState.Failed))
        {
            await Task.Yield();
        }
    }

    /// <summary>Runs one request with FP32 inputs.</summary>
    /// <returns>How it went, and the first output.</returns>
    public async Task<(InferenceStatus Status, float[] Output)> InferAsync(string model, params (long[] Shape, float[] Values)[] inputs)
    {
        var status = Engine.Models.TryCreateRequest(model, ModelRegistry.HighestReady, out var request);
        if (!status.IsOk)
        {
            return (status, []);
        }

        using (request)
        {
            for (var i = 0; i < inputs.Length; i++)
            {
                status = request!.DeclareInput(i, DataType.Float32, inputs[i].Shape, inputs[i].Values.Length * sizeof(float));
                if (!status.IsOk)
                {
                    return (status, []);
                }
            }

            status = await request!.ReserveAsync(CancellationToken.None).AsTask().WaitAsync(Patience);
            if (!status.IsOk)
            {
                return (status, []);
            }

            for (var i = 0; i < inputs.Length; i++)
            {
                inputs[i].Values.CopyTo(request.GetInput(i).AsSpan<float>());
            }

            status = await request.RunAsync().AsTask().WaitAsync(Patience);
            return (status, status.IsOk ? MemoryMarshal.Cast<byte, float>(request.GetOutput(0).Bytes).ToArray() : []);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        Provider.Dispose();
        Management.Dispose();
        _models.Dispose();
        Simulation.Dispose();
    }
}
