namespace Camshaft.Microbenchmarks;

/// <summary>
/// What the engine adds to a run of the model, one request after the other. <c>Inline</c> beside <c>BareLoop</c>;
/// <c>ThroughLane</c> beside <c>BareHandoff</c>, which runs the same loop on another thread and goes on on the thread pool.
/// </summary>
[MemoryDiagnoser]
public class EngineBenchmarks
{
    private const int Requests = 1000;

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

    [Benchmark(Baseline = true, OperationsPerInvoke = Requests)]
    public void BareLoop()
    {
        for (var i = 0; i < Requests; i++)
        {
            _bare.Run();
        }
    }

    // The loops are inside, so that no step of the benchmark's own stands between two requests.
    [Benchmark(OperationsPerInvoke = Requests)]
    public async Task Inline()
    {
        for (var i = 0; i < Requests; i++)
        {
            await _engine.RunAsync(mayRunInline: true);
        }
    }

    [Benchmark(OperationsPerInvoke = Requests)]
    public async Task BareHandoff()
    {
        for (var i = 0; i < Requests; i++)
        {
            await _handoff.RunAsync();
        }
    }

    [Benchmark(OperationsPerInvoke = Requests)]
    public async Task ThroughLane()
    {
        for (var i = 0; i < Requests; i++)
        {
            await _engine.RunAsync(mayRunInline: false);
        }
    }
}
