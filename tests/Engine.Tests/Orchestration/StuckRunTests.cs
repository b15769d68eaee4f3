using Camshaft.Backends;
using Camshaft.Engine.Models;
using Camshaft.Engine.Tests.Support;
using Camshaft.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Camshaft.Engine.Tests.Orchestration;

/// <summary>A whole engine with models whose runs end when the test says so.</summary>
public sealed class StuckRunTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TempDirectory _models = new();
    private readonly TempDirectory _plugins = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly ManualResetEventSlim _release = new();
    private readonly string _prefix = $"stuck-{Guid.NewGuid():N}-";

    public void Dispose()
    {
        _models.Dispose();
        _plugins.Dispose();
        _release.Dispose();
    }

    [Fact]
    public async Task With_four_runs_that_do_not_end_the_engine_is_not_ready_until_they_have_ended()
    {
        await using var engine = await StartAsync(models: 4);
        for (var i = 0; i < 4; i++)
        {
            Assert.True(engine.IsReady, $"Not ready with {engine.AbandonedRuns.Count} runs.");
            Assert.Equal(StatusCode.DeadlineExceeded, (await RunUntilGivenUpAsync(engine, i)).Code);
        }

        Assert.False(engine.IsReady);
        Assert.Equal(Enumerable.Range(0, 4).Select(i => _prefix + i), engine.AbandonedRuns.Select(static run => run.Model.ModelName).Order());
        _release.Set();
        while (engine.AbandonedRuns.Count > 0)
        {
            await Task.Yield();
        }

        Assert.True(engine.IsReady);
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_a_run_that_does_not_end()
    {
        var engine = await StartAsync(models: 1);
        await RunUntilGivenUpAsync(engine, 0);
        var stop = engine.StopAsync(CancellationToken.None);
        await _clock.AdvanceUntilAsync(TimeSpan.FromSeconds(5), () => stop.IsCompleted);

        await stop;
        Assert.False(engine.IsLive);
        Assert.NotEqual(0, engine.Memory.LeasedCount);
        Assert.Single(engine.AbandonedRuns);

        // The process may go on: what the run held is freed when it ends.
        _release.Set();
        while (engine.Memory.AllocatedByteSize > 0)
        {
            await Task.Yield();
        }
    }

    private async Task<InferenceStatus> RunUntilGivenUpAsync(InferenceEngine engine, int model)
    {
        AppContext.SetData(_prefix + model, _release);
        Harness.Expect(engine.Models.TryCreateRequest(_prefix + model, ModelRegistry.HighestReady, out var request));
        using (request)
        {
            Harness.Expect(request!.DeclareInput(0, DataType.Int32, [1], sizeof(int)));
            Harness.Expect(await request.ReserveAsync(CancellationToken.None));
            request.SetTimeout(TimeSpan.FromSeconds(1));
            var answer = request.RunAsync().AsTask();
            await _clock.AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => answer.IsCompleted);

            return await answer.WaitAsync(Patience);
        }
    }

    private async Task<InferenceEngine> StartAsync(int models)
    {
        foreach (var path in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "plugins", "Stuck")))
        {
            _plugins.Write(Path.Combine("Stuck", Path.GetFileName(path)), File.ReadAllBytes(path));
        }

        for (var i = 0; i < models; i++)
        {
            _models.Write($"{_prefix}{i}/1/model.stuck", []);
        }

        var engine = new InferenceEngine(
            new EngineOptions { ModelDirectories = [_models.FullPath], PluginDirectory = _plugins.FullPath }, NullLoggerFactory.Instance, _clock, []);
        await engine.StartAsync(CancellationToken.None);
        return engine;
    }
}
