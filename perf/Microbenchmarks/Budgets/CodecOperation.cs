namespace Camshaft.Microbenchmarks.Budgets;

/// <summary>Writes or reads the heads, fields and tensor tables of the binary protocol.</summary>
internal sealed class CodecOperation(Func<CodecFrames, int> step) : IBudgetedOperation
{
    private readonly CodecFrames _frames = new();

    public Task StartAsync() => Task.CompletedTask;

    public Task RunAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            step(_frames);
        }

        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
