using Camshaft.Engine.Scheduling.Lanes;
using Camshaft.Engine.Scheduling.Planning;

namespace Camshaft.Engine.Tests.Scheduling;

public sealed class BatchPlanTests
{
    private const long Millisecond = PolicyDevice.Millisecond;

    private readonly BatchPlanOptions _options = new() { TicksPerSecond = PolicyDevice.TicksPerSecond, MaxRows = 64 };

    [Fact]
    public void The_largest_batch_that_runs_twice_within_the_objective_is_the_target()
    {
        // 2 ms and 0.1 ms a row beyond the first.
        var profile = PolicyDevice.CreateProfile(2, maxRows: 64, rowFactor: 0.05);
        var plan = BatchPlan.Derive(profile, _options with { LatencyTicks = 10 * Millisecond });

        Assert.InRange(2 * profile.GetWallTicks(plan.TargetRows), 9 * Millisecond, 10 * Millisecond);
        Assert.Equal((10 * Millisecond) - profile.GetWallTicks(plan.TargetRows), plan.QueueDeadlineTicks);
        Assert.Equal(Millisecond / 5, plan.GuardTicks);
    }

    [Fact]
    public void A_tighter_neighbour_bounds_the_length_of_a_run()
    {
        var profile = PolicyDevice.CreateProfile(2, maxRows: 64, rowFactor: 0.05);
        var plan = BatchPlan.Derive(profile, _options with { LatencyTicks = 100 * Millisecond, RunBoundTicks = 3 * Millisecond });

        Assert.InRange(plan.RunTicks, 2 * Millisecond, 3 * Millisecond);
        Assert.Equal(1, BatchPlan.Derive(profile, _options with { RunBoundTicks = Millisecond }).TargetRows);
    }

    [Theory]
    [InlineData(1.0, false, 1)]
    [InlineData(1.2, true, 16)]
    [InlineData(1.2, false, 1)]
    [InlineData(0.97, false, 1)]
    [InlineData(0.97, true, 16)]
    [InlineData(0.5, false, 16)]
    public void Batches_form_only_where_they_save_time_unless_they_are_asked_for(double rowFactor, bool batchesAlways, int expected)
    {
        var profile = PolicyDevice.CreateProfile(1, maxRows: 16, rowFactor);
        var target = BatchPlan.Derive(profile, _options with { BatchesAlways = batchesAlways }).TargetRows;

        Assert.InRange(target, expected == 1 ? 1 : 8, expected);
    }

    [Fact]
    public void A_model_that_takes_one_row_is_not_batched() =>
        Assert.Equal(1, BatchPlan.Derive(PolicyDevice.CreateProfile(1, maxRows: 16, rowFactor: 0.1), _options with { MaxRows = 1 }).TargetRows);

    [Theory]
    [InlineData(0.025, LaneClass.Short)]
    [InlineData(1, LaneClass.Short)]
    [InlineData(1.1, LaneClass.Medium)]
    [InlineData(10, LaneClass.Medium)]
    [InlineData(41, LaneClass.Long)]
    public void The_class_follows_from_the_length_of_a_run(double milliseconds, LaneClass expected) =>
        Assert.Equal(expected, BatchPlan.Derive(PolicyDevice.CreateProfile(milliseconds), _options).LaneClass);

    [Theory]
    [InlineData(3, 3)]
    [InlineData(4, 4)]
    [InlineData(7, 4)]
    [InlineData(100, 8)]
    public void Preferred_sizes_are_formed_from_what_waits(int waiting, int expected)
    {
        var plan = BatchPlan.Derive(PolicyDevice.CreateProfile(1, maxRows: 16), _options with { PreferredRows = [4, 8] });

        Assert.Equal(expected, plan.ChooseRows(waiting));
    }

    [Fact]
    public void A_batch_below_the_first_preferred_size_waits_for_its_delay()
    {
        var plan = BatchPlan.Derive(PolicyDevice.CreateProfile(1, maxRows: 16), _options with { PreferredRows = [4, 8], MaxQueueDelayTicks = 5 });

        Assert.Equal(105, plan.GetReadyTime(3, headQueued: 100));
        Assert.Equal(100, plan.GetReadyTime(4, headQueued: 100));
    }
}
