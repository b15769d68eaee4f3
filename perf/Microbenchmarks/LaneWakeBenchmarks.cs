namespace Camshaft.Microbenchmarks;

/// <summary>
/// One request to a lane whose thread has slept for a while, beside a bare hand-over to such a thread and back. Both
/// include the waking of the benchmark's own thread at the end.
/// </summary>
[InvocationCount(1)]
[WarmupCount(50)]
[IterationCount(300)]
public class LaneWakeBenchmarks
{
    private BareSession _bare = null!;
    private BareHandoff _handoff = null!;
    private EngineUnderTest _engine = null!;

    [ParamsSource(nameof(Models))]
    public BenchmarkModel Model { get; set; } = null!;

    public static IEnumerable<BenchmarkModel> Models => BenchmarkModel.All;

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _bare = new BareSession(Model);
        _handoff = new BareHandoff(_bare.Run);
        _engine = new EngineUnderTest(Model);
        await _engine.StartAsync();
    }

    [GlobalCleanup]
    public async Task CleanUpAsync()
    {
        await _engine.DisposeAsync();
        _handoff.Dispose();
        _bare.Dispose();
    }

    [IterationSetup]
    public void LetTheLaneFallAsleep() => Thread.Sleep(5);

    [Benchmark(Baseline = true)]
    public ValueTask BareHandoffAsleep() => _handoff.RunAsync();

    [Benchmark]
    public ValueTask ThroughSleepingLane() => _engine.RunAsync(mayRunInline: false);
}
