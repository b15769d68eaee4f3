using Camshaft.Engine.Scheduling.Lanes;
using Camshaft.Engine.Scheduling.Policies;
using Camshaft.Engine.Scheduling.Queues;

namespace Camshaft.Engine.Tests.Scheduling;

public sealed class DeadlinePolicyTests
{
    private const long Millisecond = PolicyDevice.Millisecond;

    private readonly DeadlinePolicy _policy = new(PolicyDevice.TicksPerSecond);
    private readonly PolicyDevice _device;

    public DeadlinePolicyTests() => _device = new PolicyDevice(_policy);

    [Fact]
    public void The_head_that_must_start_first_runs_first()
    {
        var loose = _device.AddModel(runMilliseconds: 5, latencyMilliseconds: 100);
        var tight = _device.AddModel(runMilliseconds: 5, latencyMilliseconds: 20);
        _device.Queue(loose, waitedMilliseconds: 50, sequence: 1);
        _device.Queue(tight, waitedMilliseconds: 5, sequence: 2);

        Assert.Equal(tight, _device.Decide().Queue);
    }

    [Fact]
    public void Nothing_waiting_means_idle()
    {
        _device.AddModel(runMilliseconds: 5);

        Assert.Equal(SchedulingDecision.Idle, _device.Decide());
    }

    [Fact]
    public void A_lane_takes_models_of_its_class_alone()
    {
        var medium = _device.AddModel(runMilliseconds: 5);
        _device.Queue(medium);

        Assert.False(_device.Decide(LaneClass.Short).IsRun);
        Assert.False(_device.Decide(LaneClass.Long).IsRun);
        Assert.Equal(medium, _device.Decide(LaneClass.Medium).Queue);
    }

    [Theory]
    [InlineData(1, 1, true)]
    [InlineData(1, 2, false)]
    [InlineData(2, 0, false)]
    public void Medium_and_long_runs_together_are_one_more_than_the_cores(int medium, int @long, bool isRun)
    {
        _device.Queue(_device.AddModel(runMilliseconds: 5));
        _device.Lanes.Medium = medium;
        _device.Lanes.Long = @long;

        Assert.Equal(isRun, _device.Decide(LaneClass.Medium).IsRun);
    }

    [Fact]
    public void A_model_at_its_concurrency_limit_waits()
    {
        _device.Queue(_device.AddModel(runMilliseconds: 5, concurrency: 2));
        _device.Models[0].Running = 2;

        Assert.Equal(SchedulingDecision.Idle, _device.Decide());
    }

    [Fact]
    public void A_head_that_its_client_no_longer_waits_for_is_dropped()
    {
        _device.Queue(_device.AddModel(runMilliseconds: 5), deadline: _device.Now + (4 * Millisecond));

        Assert.Equal(SchedulingDecision.Drop(0, DropReason.Deadline), _device.Decide());
    }

    [Fact]
    public void A_late_head_is_dropped_when_others_wait_behind_it_and_served_when_none_does()
    {
        var model = _device.AddModel(runMilliseconds: 5, latencyMilliseconds: 20);
        _device.Queue(model, depth: 2, waitedMilliseconds: 16);
        Assert.Equal(SchedulingDecision.Drop(model, DropReason.Overload), _device.Decide());

        _device.Queue(model, depth: 1, waitedMilliseconds: 16);
        Assert.True(_device.Decide().IsRun);
    }

    [Fact]
    public void A_model_that_serves_late_requests_drops_none_and_lets_those_in_time_pass()
    {
        var late = _device.AddModel(runMilliseconds: 5, latencyMilliseconds: 20, servesLate: true);
        var inTime = _device.AddModel(runMilliseconds: 5, latencyMilliseconds: 100);
        _device.Queue(late, depth: 10, waitedMilliseconds: 500, sequence: 1);
        _device.Queue(inTime, sequence: 2);
        Assert.Equal(inTime, _device.Decide().Queue);

        _device.Queue(inTime, depth: 0);
        Assert.Equal(late, _device.Decide().Queue);
    }

    [Fact]
    public void A_batch_is_as_large_as_its_head_has_time_for()
    {
        // 1 ms and 1 ms a row: nothing is lost by a smaller batch.
        var model = _device.AddModel(runMilliseconds: 2, latencyMilliseconds: 40, maxRows: 8, rowFactor: 0.5);
        _device.Queue(model, depth: 8, waitedMilliseconds: 40 - 0.8 - 6.5);

        var decision = _device.Decide();
        Assert.True(decision.IsRun);
        Assert.InRange(decision.Rows, 4, 6);
    }

    [Fact]
    public void In_a_backlog_a_head_is_dropped_that_would_force_a_batch_below_its_worth()
    {
        var model = _device.AddModel(runMilliseconds: 2, latencyMilliseconds: 40, maxRows: 8, rowFactor: 0.05);
        _device.Queue(model, depth: 50, waitedMilliseconds: 37);

        Assert.Equal(SchedulingDecision.Drop(model, DropReason.Overload), _device.Decide());
    }

    [Fact]
    public void A_batch_waits_for_its_delay_and_no_longer_than_its_head_can()
    {
        var model = _device.AddModel(runMilliseconds: 2, maxRows: 8, rowFactor: 0.1, queueDelayMilliseconds: 3);
        _device.Queue(model, depth: 2, waitedMilliseconds: 1);
        Assert.Equal(SchedulingDecision.WaitUntil(_device.Now + (2 * Millisecond)), _device.Decide());

        var tight = _device.AddModel(runMilliseconds: 2, latencyMilliseconds: 6, maxRows: 8, rowFactor: 0.1, queueDelayMilliseconds: 30);
        _device.Queue(model, depth: 0);
        _device.Queue(tight, depth: 2);
        Assert.InRange(_device.Decide().WakeAt - _device.Now, 3 * Millisecond, 4 * Millisecond);
    }

    [Fact]
    public void Full_batches_go_before_small_ones_that_can_wait_and_urgent_ones_before_both()
    {
        var full = _device.AddModel(runMilliseconds: 2, latencyMilliseconds: 200, maxRows: 8, rowFactor: 0.05);
        var small = _device.AddModel(runMilliseconds: 2, latencyMilliseconds: 100, maxRows: 8, rowFactor: 0.05);
        _device.Queue(full, depth: 8, sequence: 2);
        _device.Queue(small, depth: 1, sequence: 1);
        Assert.Equal(full, _device.Decide().Queue);

        _device.Queue(small, depth: 1, waitedMilliseconds: 96);
        Assert.Equal(small, _device.Decide().Queue);
    }

    [Fact]
    public void While_another_model_is_late_a_small_batch_waits_to_grow_as_long_as_it_can()
    {
        var small = _device.AddModel(runMilliseconds: 0.2, latencyMilliseconds: 20, maxRows: 8, rowFactor: 0.05);
        var late = _device.AddModel(runMilliseconds: 5, latencyMilliseconds: 20);
        _device.Queue(small);
        _device.Lanes.Long = 2;
        Assert.True(_device.Decide(LaneClass.Short).IsRun);

        _device.Queue(late, depth: 2, waitedMilliseconds: 100);
        Assert.True(_device.Decide(LaneClass.Medium).IsDrop);
        var decision = _device.Decide(LaneClass.Short);
        Assert.InRange(decision.WakeAt - _device.Now, 18 * Millisecond, 20 * Millisecond);

        _device.Now = decision.WakeAt;
        Assert.True(_device.Decide(LaneClass.Short).IsRun);
    }

    [Fact]
    public void The_higher_priority_goes_first_the_models_before_the_requests()
    {
        var low = _device.AddModel(runMilliseconds: 2, latencyMilliseconds: 100);
        var high = _device.AddModel(runMilliseconds: 2, latencyMilliseconds: 100);
        _device.Queue(low, waitedMilliseconds: 1, sequence: 1, priority: 2);
        _device.Queue(high, sequence: 2, priority: 1);

        Assert.Equal(high, _device.Decide().Queue);

        _device.Models[high].Priority = 1;
        Assert.Equal(low, _device.Decide().Queue);
    }

    [Fact]
    public void Without_an_objective_a_model_leaves_busy_cores_to_those_that_have_one()
    {
        _device.Queue(_device.AddModel(runMilliseconds: 0.5));
        _device.AddModel(runMilliseconds: 40, latencyMilliseconds: 200);
        _device.Models[1].Running = 2;
        _device.Lanes.Long = 2;
        Assert.Equal(SchedulingDecision.Idle, _device.Decide(LaneClass.Short));

        _device.Models[1].Running = _device.Lanes.Long = 1;
        Assert.True(_device.Decide(LaneClass.Short).IsRun);
    }

    [Fact]
    public void Who_must_leave_the_lane_free_hides_nobody_who_waits_for_a_moment()
    {
        _device.Queue(_device.AddModel(runMilliseconds: 0.5), sequence: 1);
        var waiting = _device.AddModel(runMilliseconds: 0.5, latencyMilliseconds: 100, maxRows: 8, rowFactor: 0.1, queueDelayMilliseconds: 3);
        _device.Queue(waiting, sequence: 2);
        _device.Lanes.Long = 2;

        Assert.Equal(_device.Now + (3 * Millisecond), _device.Decide(LaneClass.Short).WakeAt);
    }

    [Fact]
    public void What_was_booked_is_corrected_by_what_was_taken()
    {
        var first = _device.AddModel(runMilliseconds: 5);
        var second = _device.AddModel(runMilliseconds: 5);
        _device.Queue(first, depth: 10, waitedMilliseconds: 5, sequence: 1);
        _device.Queue(second, depth: 10, sequence: 2);

        // The first's run turns out to be thirty times longer: the second runs until it has had as much.
        var decision = _device.Decide();
        Assert.Equal(first, decision.Queue);
        _policy.Account(first, decision.CpuTicks, 150 * Millisecond);
        for (var i = 0; i < 25; i++)
        {
            decision = _device.Decide();
            Assert.Equal(second, decision.Queue);
            _policy.Account(second, decision.CpuTicks, decision.CpuTicks);
        }
    }

    [Fact]
    public void A_place_given_to_another_model_owes_nothing()
    {
        var first = _device.AddModel(runMilliseconds: 5);
        var second = _device.AddModel(runMilliseconds: 5);
        _device.Queue(first, depth: 10, waitedMilliseconds: 5, sequence: 1);
        _device.Queue(second, depth: 10, sequence: 2);
        _policy.Account(first, _device.Decide().CpuTicks, 1000 * Millisecond);
        Assert.Equal(second, _device.Decide().Queue);

        // The second's part of the round is 20 ms.
        _policy.Forget(first);
        Assert.Contains(first, Enumerable.Range(0, 5).Select(_ => _device.Decide().Queue));
    }

    [Fact]
    public void What_could_not_be_met_is_refused_with_the_time_after_which_it_could()
    {
        var model = _device.AddModel(runMilliseconds: 5, latencyMilliseconds: 50);
        _device.Queue(model, depth: 17);
        Assert.Equal(AdmissionDecision.Admitted, _device.Admit(model));

        // 30 before it on two cores take 75 ms, its own run 5 ms; the objective less its guard is 49 ms.
        _device.Queue(model, depth: 30);
        Assert.Equal(AdmissionDecision.Refused(31 * Millisecond), _device.Admit(model));
    }

    [Fact]
    public void A_model_that_serves_late_requests_refuses_only_those_that_their_clients_give_up()
    {
        var model = _device.AddModel(runMilliseconds: 5, latencyMilliseconds: 50, servesLate: true);
        _device.Queue(model, depth: 100);

        Assert.True(_device.Admit(model).IsAdmitted);
        Assert.False(_device.Admit(model, deadline: _device.Now + (200 * Millisecond)).IsAdmitted);
        Assert.True(_device.Admit(model, deadline: _device.Now + (300 * Millisecond)).IsAdmitted);
    }

    [Fact]
    public void An_objective_that_the_model_cannot_reach_refuses_nobody_while_nobody_waits()
    {
        var model = _device.AddModel(runMilliseconds: 5, latencyMilliseconds: 4);

        Assert.True(_device.Admit(model).IsAdmitted);
        _device.Queue(model);
        Assert.True(_device.Decide().IsRun);
    }

#if !DEBUG
    [Fact]
    public void Deciding_takes_no_managed_memory()
    {
        for (var i = 0; i < 100; i++)
        {
            _device.Queue(_device.AddModel(runMilliseconds: 1 + i, latencyMilliseconds: i % 2 == 0 ? 1000 : 0, minimumShare: i % 3 == 0 ? 0.01 : 0), depth: 3, sequence: i);
        }

        Testing.AllocationAssert.NoneWhenWarm(() =>
        {
            var decision = _device.Decide();
            Assert.True(decision.IsRun && _device.Admit(decision.Queue).IsAdmitted);
            _policy.Account(decision.Queue, decision.CpuTicks, decision.CpuTicks);
        });
    }
#endif
}
