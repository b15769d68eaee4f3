namespace Camshaft.Microbenchmarks;

/// <summary>
/// What the engine adds to a run of the model: beside a bare loop, a request that runs inline, and one that goes through a
/// lane's thread and back to the caller's.
/// </summary>
[MemoryDiagnoser]
public class EngineBenchmarks
{
    private BareSession _bare = null!;
    private EngineUnderTest _engine = null!;

    [ParamsSource(nameof(Models))]
    public BenchmarkModel Model { get; set; } = null!;

    public static IEnumerable<BenchmarkModel> Models => BenchmarkModel.All;

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _bare = new BareSession(Model);
        _engine = new EngineUnderTest(Model);
        await _engine.StartAsync();
    }

    [GlobalCleanup]
    public async Task CleanUpAsync()
    {
        await _engine.DisposeAsync();
        _bare.Dispose();
    }

    [Benchmark(Baseline = true)]
    public void BareLoop() => _bare.Run();

    [Benchmark]
    public ValueTask Inline() => _engine.RunAsync(mayRunInline: true);

    [Benchmark]
    public ValueTask ThroughLane() => _engine.RunAsync(mayRunInline: false);
}
