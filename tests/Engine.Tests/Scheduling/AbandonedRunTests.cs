using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Models;
using Camshaft.Engine.Tests.Batching;
using Camshaft.Engine.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Camshaft.Engine.Tests.Scheduling;

/// <summary>Runs that do not end, on one lane and a clock that the test moves. The gate does not care for cancellation.</summary>
public sealed class AbandonedRunTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _clock = new();
    private readonly Gate _gate = new();

    [Fact]
    public async Task A_run_that_outlasts_its_deadline_is_answered_and_its_lane_replaced()
    {
        await using var harness = new Harness(Harness.Copy, laneCount: 1, timeProvider: _clock);
        var stuck = harness.AddModel(new FakeModel(Harness.Identity, _gate.Execute));
        var request = await PrepareAsync(harness, stuck, 1);
        var answer = request.RunAsync().AsTask();
        await _gate.EnteredAsync();
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.False(answer.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(StatusCode.DeadlineExceeded, (await answer.WaitAsync(Patience)).Code);
        Assert.Equal(ModelState.Failed, stuck.State);
        Assert.Same(stuck, Assert.Single(harness.Scheduler.AbandonedRuns).Model);
        Assert.Equal(5, Assert.Single(await harness.RunAsync(5).WaitAsync(Patience)));
        await EndAsync(harness, stuck, request);
    }

    [Fact]
    public async Task What_a_stuck_run_may_touch_stays_out_until_it_ends()
    {
        await using var harness = new Harness(Harness.Copy, laneCount: 1, timeProvider: _clock);
        var stuck = harness.AddModel(new FakeModel(Harness.Identity, _gate.Execute));
        var request = await PrepareAsync(harness, stuck, 1);
        await RunUntilGivenUpAsync(request);
        request.Dispose();

        Assert.NotEqual(0, harness.Memory.LeasedCount);
        Assert.Equal(1, stuck.LeaseCount);
        Assert.Throws<ObjectDisposedException>(request.Dispose);
        await EndAsync(harness, stuck);
        Assert.Equal(0, harness.Memory.LeasedCount);
    }

    [Fact]
    public async Task Every_request_of_a_stuck_batch_is_answered_and_those_that_wait_are_told()
    {
        await using var harness = new Harness(Harness.Copy, laneCount: 1, timeProvider: _clock, budgetByteSize: 64 << 20);
        var stuck = harness.AddModel(new FakeModel(BatchHarness.Rows, _gate.Execute), maxRows: 4);
        var requests = new List<InferenceRequest>();
        var answers = new List<Task<InferenceStatus>>();
        await SendAsync(timeout: null);
        await _gate.EnteredAsync();
        await SendAsync(timeout: 1);
        await SendAsync(timeout: 1);
        _gate.Open();
        Harness.Expect(await answers[0].WaitAsync(Patience));
        await _gate.EnteredAsync();
        await SendAsync(timeout: null);
        PassUntilGivenUp();

        Assert.Equal(StatusCode.DeadlineExceeded, (await answers[1].WaitAsync(Patience)).Code);
        Assert.Equal(StatusCode.DeadlineExceeded, (await answers[2].WaitAsync(Patience)).Code);
        Assert.Equal(StatusCode.Unavailable, (await answers[3].WaitAsync(Patience)).Code);
        Assert.Equal(2, Assert.Single(harness.Scheduler.AbandonedRuns).RequestCount);
        await EndAsync(harness, stuck, [.. requests]);

        async Task SendAsync(int? timeout)
        {
            requests.Add(await PrepareRowAsync(stuck, timeout));
            answers.Add(requests[^1].RunAsync().AsTask());
        }
    }

    [Fact]
    public async Task A_run_that_somebody_still_waits_for_is_not_given_up()
    {
        await using var harness = new Harness(_gate.Execute, laneCount: 1, timeProvider: _clock);
        using var request = await harness.PrepareAsync(null, 1);
        var answer = request.RunAsync().AsTask();
        await _gate.EnteredAsync();
        _clock.Advance(TimeSpan.FromHours(2));
        _gate.Open();

        Harness.Expect(await answer.WaitAsync(Patience));
        Assert.Equal(ModelState.Ready, harness.Model.State);
    }

    [Fact]
    public async Task A_backend_that_never_completes_a_pending_run_is_given_up_too()
    {
        ModelExecution? pending = null;
        await using var harness = new Harness(Harness.Copy, laneCount: 1, timeProvider: _clock);
        var stuck = harness.AddModel(new FakeModel(Harness.Identity, execution =>
        {
            Harness.Copy(execution);
            pending = execution;
            _gate.Open();
            _gate.Execute(execution);
            return ExecutionState.Pending;
        }));
        var request = await PrepareAsync(harness, stuck, 1);
        Assert.Equal(StatusCode.DeadlineExceeded, (await RunUntilGivenUpAsync(request)).Code);
        Assert.Equal(5, Assert.Single(await harness.RunAsync(5).WaitAsync(Patience)));

        pending!.Complete();
        Assert.Empty(harness.Scheduler.AbandonedRuns);
        request.Dispose();
        stuck.BeginDraining();
        await stuck.UnloadAsync().WaitAsync(Patience);
    }

    [Fact]
    public async Task A_version_stays_loaded_until_the_instance_of_a_run_that_was_given_up_has_ended()
    {
        await using var harness = new Harness(Harness.Copy, laneCount: 1, timeProvider: _clock);
        var backend = new FakeModel(Harness.Identity, _gate.Execute);
        var stuck = harness.AddModel(backend);
        var request = await PrepareAsync(harness, stuck, 1);
        await RunUntilGivenUpAsync(request);
        var seen = new TaskCompletionSource<(int Leases, int Abandoned)>();
        backend.InstanceEnding = () =>
        {
            // Its owner lets go of it at this very moment, and with the last lease the version may be freed.
            request.Dispose();
            seen.SetResult((stuck.LeaseCount, harness.Scheduler.AbandonedRuns.Count));
        };
        _gate.Open();

        // Nor is the lane's place another's, who would find the instance there.
        Assert.Equal((1, 1), await seen.Task.WaitAsync(Patience));
        await EndAsync(harness, stuck);
    }

    [Fact]
    public async Task A_lane_that_was_given_up_does_not_count_when_there_are_to_be_more()
    {
        await using var harness = new Harness(Harness.Copy, laneCount: 2, timeProvider: _clock);
        var stuck = harness.AddModel(new FakeModel(Harness.Identity, _gate.Execute));
        var request = await PrepareAsync(harness, stuck, 1);
        await RunUntilGivenUpAsync(request);

        harness.Scheduler.Resize(processors: 2);

        // Two lanes for each processor, those for warm-ups and for what nobody waits for, and the one that is stuck.
        Assert.Equal(4 + 2 + 1, harness.Scheduler.LaneCount);
        await EndAsync(harness, stuck, request);
        Assert.Equal(4 + 2, harness.Scheduler.LaneCount);
    }

    [Fact]
    public async Task A_batch_that_fails_beside_a_run_that_was_given_up_is_not_run_again()
    {
        var runs = 0;
        var batches = new Gate();
        await using var harness = new Harness(Harness.Copy, laneCount: 2, timeProvider: _clock, budgetByteSize: 64 << 20);
        var stuck = harness.AddModel(new FakeModel(BatchHarness.Rows, execution =>
        {
            Interlocked.Increment(ref runs);
            if (execution.RowCount == 1)
            {
                return _gate.Execute(execution);
            }

            batches.Pass();
            throw new BackendException(StatusCode.Internal, "It failed.");
        }), maxRows: 2);
        var requests = new List<InferenceRequest>();
        var answers = new List<Task<InferenceStatus>>();
        await SendAsync(timeout: null);
        await _gate.EnteredAsync();
        await SendAsync(timeout: null);
        await _gate.EnteredAsync();
        await SendAsync(timeout: 1);
        await SendAsync(timeout: 1);
        await SendAsync(timeout: null);
        await SendAsync(timeout: null);
        _gate.Open(2);
        await batches.EnteredAsync();
        await batches.EnteredAsync();
        PassUntilGivenUp();
        await answers[2].WaitAsync(Patience);
        batches.Open(2);

        Assert.Equal(StatusCode.Internal, (await answers[4].WaitAsync(Patience)).Code);
        Assert.Equal(StatusCode.Internal, (await answers[5].WaitAsync(Patience)).Code);
        Assert.Equal(4, runs);
        await EndAsync(harness, stuck, [.. requests]);

        async Task SendAsync(int? timeout)
        {
            requests.Add(await PrepareRowAsync(stuck, timeout));
            answers.Add(requests[^1].RunAsync().AsTask());
        }
    }

    [Fact]
    public async Task When_runs_return_that_left_no_lane_behind_there_are_lanes_again()
    {
        await using var harness = new Harness(Harness.Copy, laneCount: 1, timeProvider: _clock, budgetByteSize: 64 << 20);
        var stuck = new List<(ModelVersion Model, InferenceRequest Request)>();
        for (var i = 0; i < 17; i++)
        {
            var model = harness.AddModel(new FakeModel(Harness.Identity, _gate.Execute));
            var request = await PrepareAsync(harness, model, 1);
            stuck.Add((model, request));
            await RunUntilGivenUpAsync(request);
        }

        var waiting = harness.RunAsync(5);
        Assert.False(waiting.IsCompleted);
        _gate.Open(stuck.Count);

        Assert.Equal(5, Assert.Single(await waiting.WaitAsync(Patience)));
        foreach (var (model, request) in stuck)
        {
            request.Dispose();
            model.BeginDraining();
            await model.UnloadAsync().WaitAsync(Patience);
        }
    }

    private static async Task<InferenceRequest> PrepareRowAsync(ModelVersion model, int? timeout)
    {
        var request = model.TryCreateRequest()!;
        Harness.Expect(request.DeclareInput(0, DataType.Int32, [1, 4], 16));
        Harness.Expect(await request.ReserveAsync(CancellationToken.None));
        if (timeout is { } seconds)
        {
            request.SetTimeout(TimeSpan.FromSeconds(seconds));
        }

        return request;
    }

    private static async Task<InferenceRequest> PrepareAsync(Harness harness, ModelVersion model, int value)
    {
        var request = await harness.PrepareAsync(model, value);
        request.SetTimeout(TimeSpan.FromSeconds(1));
        return request;
    }

    /// <summary>Runs a request in a backend that does not return, until nobody waits for it any more.</summary>
    private async Task<InferenceStatus> RunUntilGivenUpAsync(InferenceRequest request)
    {
        var answer = request.RunAsync().AsTask();
        await _gate.EnteredAsync();
        PassUntilGivenUp();
        return await answer.WaitAsync(Patience);
    }

    // First the request's deadline, then the time that its run has to end by itself.
    private void PassUntilGivenUp()
    {
        _clock.Advance(TimeSpan.FromSeconds(2));
        _clock.Advance(TimeSpan.FromSeconds(11));
    }

    // The backend returns at last; then nothing is left of the run, and the model can be unloaded.
    private async Task EndAsync(Harness harness, ModelVersion model, params InferenceRequest[] requests)
    {
        _gate.Open();
        Array.ForEach(requests, static request => request.Dispose());
        model.BeginDraining();
        await model.UnloadAsync().WaitAsync(Patience);
        Assert.Empty(harness.Scheduler.AbandonedRuns);
    }
}
