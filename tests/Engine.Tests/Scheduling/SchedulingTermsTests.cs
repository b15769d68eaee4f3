using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Scheduling;
using Camshaft.Engine.Scheduling.Policies;

namespace Camshaft.Engine.Tests.Scheduling;

public sealed class SchedulingTermsTests
{
    private const long TicksPerSecond = PolicyDevice.TicksPerSecond;

    [Fact]
    public void A_configuration_is_told_in_ticks()
    {
        var scheduling = new ModelScheduling
        {
            Objective = new LatencyObjective(TimeSpan.FromMilliseconds(20)),
            Overload = OverloadMode.Serve,
            Weight = 2,
            MinimumShare = 0.1,
            Priority = 3,
        };

        Assert.Equal(
            new ModelUse { ConcurrencyLimit = 4, LatencyTicks = 20_000_000, ServesLate = true, Weight = 2, MinimumShare = 0.1, Priority = 3 },
            SchedulingTerms.CreateUse(scheduling, 4, TicksPerSecond));
        var configuration = new ModelConfiguration { Scheduling = scheduling, Batching = new BatchingConfiguration { MaxQueueDelay = TimeSpan.FromMilliseconds(3) } };
        var options = SchedulingTerms.CreatePlanOptions(configuration, maxRows: 8, runBoundTicks: 5, TicksPerSecond);
        Assert.Equal((8, 3_000_000, 20_000_000, 5), (options.MaxRows, options.MaxQueueDelayTicks, options.LatencyTicks, options.RunBoundTicks));
        Assert.Equal(0, SchedulingTerms.CreatePlanOptions(configuration, maxRows: 1, runBoundTicks: 5, TicksPerSecond).MaxQueueDelayTicks);
    }

    [Fact]
    public void Every_policy_is_made_by_its_name()
    {
        Assert.All(SchedulingPolicies.Names, static name => Assert.Equal(name, SchedulingPolicies.Create(name, TicksPerSecond).Name));
        Assert.Throws<ArgumentException>(static () => SchedulingPolicies.Create("lifo", TicksPerSecond));
    }
}
