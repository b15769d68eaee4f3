namespace Camshaft.Microbenchmarks.Budgets;

/// <summary>A request through the engine, from the rent to the return, on the caller's thread or through a lane.</summary>
internal sealed class EngineOperation(bool mayRunInline) : IBudgetedOperation
{
    private readonly EngineUnderTest _engine = new(BenchmarkModel.All.First());

    public Task StartAsync() => _engine.StartAsync();

    public async Task RunAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            await _engine.RunAsync(mayRunInline).ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();
}
