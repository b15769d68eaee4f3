using Camshaft.Engine.Scheduling.Policies;

namespace Camshaft.Microbenchmarks.Budgets;

/// <summary>A decision of the default policy among a hundred models, and an admission.</summary>
internal sealed class PolicyOperation : IBudgetedOperation
{
    private readonly PolicyBenchmarks _policy = new() { Policy = SchedulingPolicies.Default };

    public Task StartAsync()
    {
        _policy.SetUp();
        return Task.CompletedTask;
    }

    public Task RunAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _policy.Decide();
            _policy.Admit();
        }

        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
