using System.Runtime.CompilerServices;
using Camshaft.Backends;
using Camshaft.Engine;
using Camshaft.Engine.Models;
using Camshaft.Engine.Orchestration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Camshaft.Microbenchmarks;

/// <summary>A whole engine with one model loaded by its plugin, and the steps that a transport takes for a request.</summary>
internal sealed class EngineUnderTest(BenchmarkModel model, Func<EngineOptions, EngineOptions>? configure = null) : IAsyncDisposable
{
    private readonly InferenceEngine _engine = new(
        (configure ?? (static options => options))(new EngineOptions
        {
            ModelDirectories = [model.Directory],
            PluginDirectory = Path.Combine(AppContext.BaseDirectory, "plugins"),
            ControlMode = ModelControlMode.Explicit,
            LoadModels = [model.Name],
        }),
        NullLoggerFactory.Instance,
        TimeProvider.System,
        []);

    /// <summary>Loads and unloads models beside it.</summary>
    public ModelController Controller => _engine.Controller;

    public async Task StartAsync()
    {
        await _engine.StartAsync(CancellationToken.None).ConfigureAwait(false);

        // Enough runs for the engine to know how long the model takes, and for the code to be compiled.
        for (var i = 0; i < 2000; i++)
        {
            await RunAsync(mayRunInline: i % 2 == 0).ConfigureAwait(false);
        }
    }

    // The caller's own state machine is pooled: what is measured is the engine's garbage, not the benchmark's.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask RunAsync(bool mayRunInline)
    {
        ThrowIfFailed(_engine.Models.TryCreateRequest(model.Name, ModelRegistry.HighestReady, out var request));
        using (request)
        {
            Backends.Shape.TryGetElementCount(model.Shape, out var elementCount);
            ThrowIfFailed(request!.DeclareInput(0, DataType.Float32, model.Shape, elementCount * sizeof(float)));
            ThrowIfFailed(await request.ReserveAsync(CancellationToken.None).ConfigureAwait(false));
            request.MayRunInline = mayRunInline;
            ThrowIfFailed(await request.RunAsync().ConfigureAwait(false));
        }
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    public static void ThrowIfFailed(in InferenceStatus status)
    {
        if (!status.IsOk)
        {
            throw new InvalidOperationException(status.Message);
        }
    }
}
