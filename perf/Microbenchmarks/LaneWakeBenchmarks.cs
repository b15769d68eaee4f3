namespace Camshaft.Microbenchmarks;

/// <summary>One request to a lane whose thread has slept for a while: what a lone client sees.</summary>
[InvocationCount(1)]
[WarmupCount(50)]
[IterationCount(300)]
public class LaneWakeBenchmarks
{
    private EngineUnderTest _engine = null!;

    [ParamsSource(nameof(Models))]
    public BenchmarkModel Model { get; set; } = null!;

    public static IEnumerable<BenchmarkModel> Models => BenchmarkModel.All;

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _engine = new EngineUnderTest(Model);
        await _engine.StartAsync();
    }

    [GlobalCleanup]
    public async Task CleanUpAsync() => await _engine.DisposeAsync();

    [IterationSetup]
    public void LetTheLaneFallAsleep() => Thread.Sleep(5);

    [Benchmark]
    public ValueTask ThroughSleepingLane() => _engine.RunAsync(mayRunInline: false);
}
