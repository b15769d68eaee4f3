using Camshaft.Backends;
using Camshaft.Engine.Batching;
using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Scheduling.Lanes;
using Camshaft.Engine.Scheduling.Planning;
using Camshaft.Engine.Scheduling.Runs;

namespace Camshaft.Engine.Tests.Scheduling;

/// <summary>The upkeep of a queue's plan, on a clock of microseconds.</summary>
public sealed class BatchPlannerTests
{
    private const long TicksPerSecond = 1_000_000;

    private long _now;

    [Fact]
    public void Without_measurements_the_first_run_tells_what_runs_take()
    {
        var planner = new BatchPlanner(new ModelConfiguration(), maxRows: 4, [], TicksPerSecond);
        Assert.Equal(LaneClass.Long, planner.Plan.LaneClass);
        Assert.True(Record(planner, rows: 2, ticks: 200));

        Assert.Equal((100, 400, 4), (planner.Plan.Profile.GetCpuTicks(1), planner.Plan.Profile.GetCpuTicks(4), planner.Plan.TargetRows));
        Assert.Equal(LaneClass.Short, planner.Plan.LaneClass);
    }

    [Fact]
    public void Runs_that_take_longer_than_measured_move_the_plan_in_a_second()
    {
        var planner = new BatchPlanner(new ModelConfiguration(), maxRows: 1, [Cost(1, 500)], TicksPerSecond);
        for (var i = 0; i < 999; i++)
        {
            Assert.False(Record(planner, rows: 1, ticks: 2000));
        }

        _now += TicksPerSecond + 1;
        Assert.True(Record(planner, rows: 1, ticks: 2000));
        Assert.InRange(planner.Plan.Profile.GetCpuTicks(1), 1800, 2200);
        Assert.Equal(LaneClass.Medium, planner.Plan.LaneClass);
    }

    [Fact]
    public void Plans_are_made_ever_more_rarely()
    {
        var planner = new BatchPlanner(new ModelConfiguration(), maxRows: 1, [Cost(1, 500)], TicksPerSecond);
        var plans = 0;
        for (var i = 0; i < 100_000; i++)
        {
            _now += TicksPerSecond / 1000;
            plans += Record(planner, rows: 1, ticks: i / 500 % 2 == 0 ? 500 : 900) ? 1 : 0;
        }

        // After 1, 2, 4, 8, 16 and 32 s, and from then on each 32 s.
        Assert.InRange(plans, 5, 8);
    }

    [Fact]
    public void Runs_near_the_border_of_a_class_stay_in_it()
    {
        var planner = new BatchPlanner(new ModelConfiguration(), maxRows: 1, [Cost(1, 950)], TicksPerSecond);
        Assert.Equal(LaneClass.Short, planner.Plan.LaneClass);
        for (var i = 0; i < 1000; i++)
        {
            _now += TicksPerSecond / 100;
            Record(planner, rows: 1, ticks: 1100);
        }

        Assert.InRange(planner.Plan.RunTicks, 1000, 1200);
        Assert.Equal(LaneClass.Short, planner.Plan.LaneClass);
    }

    [Fact]
    public void A_thread_that_waits_rather_than_computes_is_counted_by_the_time_that_passes()
    {
        var planner = new BatchPlanner(new ModelConfiguration(), maxRows: 1, [Cost(1, 10, wall: 20_000)], TicksPerSecond);

        Assert.Equal((10, 20_000, LaneClass.Long), (planner.Plan.Profile.GetCpuTicks(1), planner.Plan.RunTicks, planner.Plan.LaneClass));
    }

    [Fact]
    public void A_busy_machine_makes_runs_no_longer()
    {
        var planner = new BatchPlanner(new ModelConfiguration(), maxRows: 1, [Cost(1, 900, wall: 9000)], TicksPerSecond);

        Assert.Equal((900, LaneClass.Short), (planner.Plan.RunTicks, planner.Plan.LaneClass));
    }

    [Fact]
    public void New_measurements_take_the_place_of_what_was_learned()
    {
        var planner = new BatchPlanner(new ModelConfiguration(), maxRows: 8, [Cost(1, 500), Cost(8, 4000)], TicksPerSecond);
        planner.Restart([Cost(1, 5000), Cost(4, 10_000), Cost(16, 40_000)]);

        Assert.Equal((5000, 10_000, 20_000), (planner.Plan.Profile.GetCpuTicks(1), planner.Plan.Profile.GetCpuTicks(4), planner.Plan.Profile.GetCpuTicks(8)));
    }

    private static RunCost Cost(int rows, double microseconds, double? wall = null) =>
        new(rows, TimeSpan.FromMicroseconds(microseconds), TimeSpan.FromMicroseconds(wall ?? microseconds));

    private bool Record(BatchPlanner planner, int rows, long ticks) => planner.Record(new RunResult(null!, InferenceStatus.Ok, rows, _now, ticks, ticks));
}
