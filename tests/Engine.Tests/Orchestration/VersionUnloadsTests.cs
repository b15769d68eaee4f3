using Camshaft.Engine.Models;
using Camshaft.Engine.Orchestration;
using Camshaft.Engine.Orchestration.Residency;
using Camshaft.Engine.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Camshaft.Engine.Tests.Orchestration;

/// <summary>Versions on their way out of memory.</summary>
public sealed class VersionUnloadsTests
{
    [Fact]
    public async Task A_version_that_two_have_unloaded_at_once_is_unloaded_once()
    {
        await using var harness = new Harness();
        using var residency = new ModelResidency(long.MaxValue, TimeSpan.Zero, TimeProvider.System, NullLogger.Instance);
        var unloads = new VersionUnloads(residency, TimeProvider.System, NullLogger.Instance);
        harness.Model.BeginDraining();
        var context = new StartContext(() => unloads.Begin(harness.Model));
        context.Run(() => unloads.Begin(harness.Model));
        await unloads.WaitAsync(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30), CancellationToken.None);

        Assert.Equal(1, context.Starts);
        Assert.Equal(ModelState.Unloaded, harness.Model.State);
    }

    /// <summary>Counts the unloads that start under it, and calls while the first of them does.</summary>
    private sealed class StartContext(Action during) : SynchronizationContext
    {
        public int Starts { get; private set; }

        public void Run(Action action)
        {
            var before = Current;
            SetSynchronizationContext(this);
            action();
            SetSynchronizationContext(before);
        }

        public override void Post(SendOrPostCallback d, object? state)
        {
            if (++Starts == 1)
            {
                during();
            }

            ThreadPool.QueueUserWorkItem(_ => d(state));
        }
    }
}
