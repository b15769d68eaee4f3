using Camshaft.Backends;

namespace Camshaft.Engine.Tests.Support;

/// <summary>Holds runs inside a backend until the test lets them go, and says when one has come.</summary>
internal sealed class Gate
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _entered = new(0);
    private readonly SemaphoreSlim _open = new(0);

    public ExecutionState Execute(ModelExecution execution)
    {
        Pass();
        return Harness.Copy(execution);
    }

    public void Pass()
    {
        _entered.Release();
        Assert.True(_open.Wait(Patience), "The test did not open the gate.");
    }

    public async Task EnteredAsync() => Assert.True(await _entered.WaitAsync(Patience), "No run came.");

    public void Open(int runs = 1) => _open.Release(runs);
}
