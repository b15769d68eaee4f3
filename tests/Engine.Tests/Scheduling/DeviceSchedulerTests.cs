using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Models;
using Camshaft.Engine.Scheduling;
using Camshaft.Engine.Scheduling.Lanes;
using Camshaft.Engine.Scheduling.Policies;
using Camshaft.Engine.Tests.Support;
using Camshaft.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Camshaft.Engine.Tests.Scheduling;

public sealed class DeviceSchedulerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Gate _gate = new();

    [Fact]
    public async Task A_model_may_have_as_many_lanes_as_there_are_with_those_for_idle_times_and_warm_ups()
    {
        await using var harness = new Harness(laneCount: 3);

        Assert.Equal(5, harness.Scheduler.LaneCount);
    }

    [Fact]
    public async Task A_request_runs_and_answers()
    {
        await using var harness = new Harness();

        Assert.True((await harness.RunAsync(1, 2, 3)).AsSpan().SequenceEqual([1, 2, 3]));
    }

    [Fact]
    public async Task Many_callers_get_their_own_answers()
    {
        await using var harness = new Harness(laneCount: 4, queueLimit: 1000);

        await Task.WhenAll(Enumerable.Range(0, 16).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < 500; i++)
            {
                Assert.True((await harness.RunAsync(caller, i)).AsSpan().SequenceEqual([caller, i]));
            }
        })));
    }

    [Fact]
    public async Task A_full_queue_refuses_and_says_when_to_come_back()
    {
        await using var harness = new Harness(_gate.Execute, laneCount: 1, queueLimit: 1);
        using var running = await harness.PrepareAsync(null, 1);
        using var queued = await harness.PrepareAsync(null, 2);
        using var refused = await harness.PrepareAsync(null, 3);
        var first = running.RunAsync();
        await _gate.EnteredAsync();
        var second = queued.RunAsync();

        var status = await refused.RunAsync();
        Assert.Equal(StatusCode.Unavailable, status.Code);
        Assert.NotNull(status.RetryAfter);
        _gate.Open(2);
        Harness.Expect(await first);
        Harness.Expect(await second);
    }

    [Fact]
    public async Task Requests_of_one_model_start_in_the_order_in_which_they_came()
    {
        var order = new List<int>();
        await using var harness = new Harness(
            execution =>
            {
                order.Add(execution.GetInput(0).AsSpan<int>()[0]);
                return order.Count == 1 ? _gate.Execute(execution) : Harness.Copy(execution);
            },
            laneCount: 1);
        var answers = new List<Task<int[]>> { harness.RunAsync(0) };
        await _gate.EnteredAsync();
        answers.AddRange(Enumerable.Range(1, 9).Select(i => harness.RunAsync(i)));
        _gate.Open();
        await Task.WhenAll(answers);

        Assert.Equal(Enumerable.Range(0, 10), order);
    }

    [Fact]
    public async Task A_model_runs_no_more_batches_than_its_concurrency_limit()
    {
        var running = 0;
        var most = 0;
        await using var harness = new Harness(
            execution =>
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                Thread.Yield();
                var state = Harness.Copy(execution);
                Interlocked.Decrement(ref running);
                return state;
            },
            laneCount: 4,
            concurrency: 1,
            queueLimit: 100);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => harness.RunAsync(i)));

        Assert.Equal(1, most);
    }

    [Fact]
    public async Task A_waiting_request_ends_at_once_when_it_is_cancelled()
    {
        await using var harness = new Harness(_gate.Execute, laneCount: 1);
        using var running = await harness.PrepareAsync(null, 1);
        using var queued = await harness.PrepareAsync(null, 2);
        var first = running.RunAsync();
        await _gate.EnteredAsync();
        var second = queued.RunAsync().AsTask();
        queued.Handle.Cancel();

        Assert.Equal(StatusCode.Cancelled, (await second.WaitAsync(Patience)).Code);
        Assert.Equal(0, harness.Scheduler.GetState(harness.Model.Queues.Alone).Depth);
        _gate.Open();
        Harness.Expect(await first);
    }

    [Fact]
    public async Task A_request_cancelled_while_it_is_built_does_not_run()
    {
        await using var harness = new Harness();
        using var request = await harness.PrepareAsync(null, 1);
        request.Handle.Cancel();

        Assert.Equal(StatusCode.Cancelled, (await request.RunAsync()).Code);
        Assert.Equal(0, harness.Model.Recorder.Executions);
    }

    [Fact]
    public async Task A_running_request_is_ended_through_its_token()
    {
        await using var harness = new Harness(WaitForCancellation);
        using var request = await harness.PrepareAsync(null, 1);
        var answer = request.RunAsync();
        await _gate.EnteredAsync();
        request.Handle.Cancel();

        Assert.Equal(StatusCode.Cancelled, (await answer.AsTask().WaitAsync(Patience)).Code);
    }

    [Fact]
    public async Task A_lane_whose_run_was_cancelled_runs_the_next_request()
    {
        var runs = 0;
        await using var harness = new Harness(execution => runs++ == 0 ? WaitForCancellation(execution) : Harness.Copy(execution), laneCount: 1);
        using (var request = await harness.PrepareAsync(null, 1))
        {
            var answer = request.RunAsync();
            await _gate.EnteredAsync();
            request.Handle.Cancel();
            await answer;
        }

        Assert.Equal(2, Assert.Single(await harness.RunAsync(2)));
    }

    [Fact]
    public async Task A_late_cancel_does_not_reach_the_next_use_of_the_object()
    {
        await using var harness = new Harness();
        InferenceRequestHandle old;
        InferenceRequest first;
        using (first = await harness.PrepareAsync(null, 1))
        {
            old = first.Handle;
            Harness.Expect(await first.RunAsync());
        }

        using var second = await harness.PrepareAsync(null, 2);
        old.Cancel();
        Assert.Same(first, second);
        Harness.Expect(await second.RunAsync());
    }

    [Fact]
    public async Task A_waiting_request_ends_when_its_deadline_passes()
    {
        var clock = new FakeTimeProvider();
        await using var harness = new Harness(_gate.Execute, laneCount: 1, timeProvider: clock);
        using var running = await harness.PrepareAsync(null, 1);
        var first = running.RunAsync();
        await _gate.EnteredAsync();
        using var queued = await harness.PrepareAsync(null, 2);
        queued.SetTimeout(TimeSpan.FromMilliseconds(700));
        var second = queued.RunAsync().AsTask();
        clock.Advance(TimeSpan.FromMilliseconds(699));
        Assert.False(second.IsCompleted);

        clock.Advance(TimeSpan.FromMilliseconds(2));
        Assert.Equal(StatusCode.DeadlineExceeded, (await second.WaitAsync(Patience)).Code);
        _gate.Open();
        Harness.Expect(await first);
    }

    [Fact]
    public async Task A_running_request_is_ended_when_its_deadline_passes()
    {
        var clock = new FakeTimeProvider();
        await using var harness = new Harness(WaitForCancellation, timeProvider: clock);
        using var request = await harness.PrepareAsync(null, 1);
        request.SetTimeout(TimeSpan.FromSeconds(5));
        var answer = request.RunAsync().AsTask();
        await _gate.EnteredAsync();
        clock.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(StatusCode.DeadlineExceeded, (await answer.WaitAsync(Patience)).Code);
    }

    [Fact]
    public async Task A_request_that_is_late_already_is_refused()
    {
        var clock = new FakeTimeProvider();
        await using var harness = new Harness(timeProvider: clock);
        using var request = await harness.PrepareAsync(null, 1);
        request.SetTimeout(TimeSpan.FromMilliseconds(1));
        clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(StatusCode.DeadlineExceeded, (await request.RunAsync()).Code);
        Assert.Equal(0, harness.Model.Recorder.Executions);
    }

    [Fact]
    public async Task A_request_that_met_its_deadline_leaves_no_trace_of_it()
    {
        var clock = new FakeTimeProvider();
        await using var harness = new Harness(timeProvider: clock);
        using (var request = await harness.PrepareAsync(null, 1))
        {
            request.SetTimeout(TimeSpan.FromSeconds(1));
            Harness.Expect(await request.RunAsync());
        }

        using var next = await harness.PrepareAsync(null, 1);
        clock.Advance(TimeSpan.FromSeconds(2));
        Harness.Expect(await next.RunAsync());
    }

    [Fact]
    public async Task A_refusal_of_the_backend_reaches_the_client_as_it_is()
    {
        await using var harness = new Harness(_ => throw new BackendException(StatusCode.InvalidArgument, "too dark"));
        using var request = await harness.PrepareAsync(null, 1);

        Assert.Equal(new InferenceStatus(StatusCode.InvalidArgument, "too dark"), await request.RunAsync());
    }

    [Fact]
    public async Task A_bug_of_the_backend_ends_its_request_and_its_instance_alone()
    {
        var runs = 0;
        await using var harness = new Harness(execution => runs++ == 0 ? throw new InvalidOperationException("oops") : Harness.Copy(execution), laneCount: 1);
        using (var request = await harness.PrepareAsync(null, 1))
        {
            var status = await request.RunAsync();
            Assert.Equal(StatusCode.Internal, status.Code);
            Assert.Contains("oops", status.Message, StringComparison.Ordinal);
        }

        Assert.Equal(2, Assert.Single(await harness.RunAsync(2)));
        Assert.Equal(2, harness.Backend.InstancesMade);
    }

    [Fact]
    public async Task A_backend_that_keeps_failing_is_taken_out_of_service()
    {
        await using var harness = new Harness(_ => throw new InvalidOperationException("oops"));
        while (harness.Model.TryCreateRequest() is { } request)
        {
            using (request)
            {
                Harness.Expect(request.DeclareInput(0, DataType.Int32, [0], 0));
                Harness.Expect(await request.ReserveAsync(CancellationToken.None));
                await request.RunAsync();
            }
        }

        Assert.Equal(ModelState.Failed, harness.Model.State);
        Assert.Contains("10 runs in a row", harness.Model.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backend_that_forgets_an_output_is_found_out()
    {
        var signature = new ModelSignature(Harness.Identity.Inputs, [new TensorSpec("text", DataType.Bytes, new Shape(1))]);
        await using var harness = new Harness(_ => ExecutionState.Completed, signature);
        using var request = await harness.PrepareAsync(null, 1);

        var status = await request.RunAsync();
        Assert.Equal(StatusCode.Internal, status.Code);
        Assert.Contains("'text'", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pending_run_keeps_its_lane_until_the_backend_completes_it()
    {
        ModelExecution? pending = null;
        await using var harness = new Harness(
            execution =>
            {
                Harness.Copy(execution);
                pending = execution;
                _gate.Open();
                return ExecutionState.Pending;
            },
            laneCount: 1);
        using var request = await harness.PrepareAsync(null, 7);
        var answer = request.RunAsync().AsTask();
        while (pending is null)
        {
            await Task.Yield();
        }

        Assert.Equal(1, harness.Scheduler.GetState(harness.Model.Queues.Alone).Running);
        pending.Complete();
        Harness.Expect(await answer.WaitAsync(Patience));
        Assert.Equal([7], request.GetOutput(0).AsSpan<int>().ToArray());
        Assert.Throws<InvalidOperationException>(pending.Complete);
    }

    [Fact]
    public async Task A_request_cannot_be_disposed_while_it_runs()
    {
        await using var harness = new Harness(_gate.Execute);
        using var request = await harness.PrepareAsync(null, 1);
        var answer = request.RunAsync();
        await _gate.EnteredAsync();

        Assert.Throws<InvalidOperationException>(request.Dispose);
        _gate.Open();
        await answer;
    }

    [Fact]
    public async Task A_short_model_runs_on_the_callers_thread_after_32_runs()
    {
        var threads = new List<int>();

        // On a clock that stands still every run is short, however busy the machine is.
        await using var harness = new Harness(execution =>
        {
            lock (threads)
            {
                threads.Add(Environment.CurrentManagedThreadId);
            }

            return Harness.Copy(execution);
        }, timeProvider: new FakeTimeProvider());
        for (var i = 0; i < 40; i++)
        {
            using var request = await harness.PrepareAsync(null, i);
            request.MayRunInline = true;
            var caller = Environment.CurrentManagedThreadId;
            Harness.Expect(await request.RunAsync());
            Assert.Equal(i >= 32, threads[i] == caller);
        }
    }

    [Fact]
    public async Task No_request_runs_inline_unless_its_transport_allows_it()
    {
        var inline = 0;
        var caller = 0;
        await using var harness = new Harness(execution =>
        {
            inline += Environment.CurrentManagedThreadId == Volatile.Read(ref caller) ? 1 : 0;
            return Harness.Copy(execution);
        });
        for (var i = 0; i < 50; i++)
        {
            using var request = await harness.PrepareAsync(null, i);
            Volatile.Write(ref caller, Environment.CurrentManagedThreadId);
            Harness.Expect(await request.RunAsync());
        }

        Assert.Equal(0, inline);
    }

    [Fact]
    public async Task A_policy_that_waits_is_asked_again_when_it_said()
    {
        var clock = new FakeTimeProvider();
        var policy = new WaitingPolicy();
        await using var harness = new Harness(timeProvider: clock, policy: policy);
        using var request = await harness.PrepareAsync(null, 1);
        var answer = request.RunAsync().AsTask();
        await policy.Asked.Task.WaitAsync(Patience);
        Assert.False(answer.IsCompleted);

        await clock.AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => answer.IsCompleted);

        Harness.Expect(await answer);
    }

    [Fact]
    public async Task Requests_cancelled_at_any_moment_all_end_and_no_other_request_notices()
    {
        const int callers = 8;
        await using var harness = new Harness(RunUntilDoneOrCancelled, laneCount: 3, queueLimit: 6);
        var ends = new int[Enum.GetValues<StatusCode>().Length];
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var random = new Random(caller);
            for (var i = 0; i < 500; i++)
            {
                var isCancelled = random.Next(2) == 0;
                using var request = await harness.PrepareAsync(null, caller, i);
                request.MayRunInline = random.Next(2) == 0;
                var handle = request.Handle;
                var answer = request.RunAsync().AsTask();
                if (isCancelled)
                {
                    ThreadPool.UnsafeQueueUserWorkItem(static handle => handle.Cancel(), handle, preferLocal: random.Next(2) == 0);
                }

                var status = await answer.WaitAsync(Patience);
                Interlocked.Increment(ref ends[(int)status.Code]);
                Assert.True(isCancelled || status.Code != StatusCode.Cancelled, status.Message);
                Assert.True(!status.IsOk || request.GetOutput(0).AsSpan<int>().SequenceEqual([caller, i]));
            }
        })));

        Assert.Equal(callers * 500, ends.Sum());
        Assert.Equal(callers * 500, ends[(int)StatusCode.Ok] + ends[(int)StatusCode.Cancelled] + ends[(int)StatusCode.Unavailable]);
        Assert.All([StatusCode.Ok, StatusCode.Cancelled], code => Assert.NotEqual(0, ends[(int)code]));

        static ExecutionState RunUntilDoneOrCancelled(ModelExecution execution)
        {
            for (var i = 0; i < 20; i++)
            {
                execution.CancellationToken.ThrowIfCancellationRequested();
                Thread.Yield();
            }

            return Harness.Copy(execution);
        }
    }

#if !DEBUG
    // Unoptimised code boxes what optimised code does not.
    [Fact]
    public async Task Running_takes_no_managed_memory_once_warm()
    {
        await using var harness = new Harness();
        Testing.AllocationAssert.NoneWhenWarm(() => RunInline(harness.Model));

        static void RunInline(ModelVersion model)
        {
            using var request = model.TryCreateRequest()!;
            request.MayRunInline = true;
            request.DeclareInput(0, DataType.Int32, [4], 16);
            var reserved = request.ReserveAsync(CancellationToken.None);
            Assert.True(reserved.IsCompletedSuccessfully && reserved.Result.IsOk);
            var answer = request.RunAsync();
            Assert.True(SpinUntilDone(answer).IsOk);
        }

        // The first runs go through a worker; a test thread may wait for those.
        static InferenceStatus SpinUntilDone(ValueTask<InferenceStatus> answer)
        {
            while (!answer.IsCompleted)
            {
                Thread.Yield();
            }

            return answer.GetAwaiter().GetResult();
        }
    }
#endif

    private ExecutionState WaitForCancellation(ModelExecution execution)
    {
        using var cancelled = new ManualResetEventSlim();
        using var registration = execution.CancellationToken.UnsafeRegister(static state => ((ManualResetEventSlim)state!).Set(), cancelled);
        _gate.Open();
        _gate.Execute(execution);
        Assert.True(cancelled.Wait(Patience), "The run was not cancelled.");
        throw new OperationCanceledException(execution.CancellationToken);
    }

    private sealed class WaitingPolicy : ISchedulingPolicy
    {
        private readonly FifoPolicy _fifo = new();
        private long _readyAt;

        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Name => "waiting";

        public SchedulingDecision Decide(in DeviceState device, LaneClass lane)
        {
            _readyAt = _readyAt == 0 ? device.Now + 1 : _readyAt;
            Asked.TrySetResult();
            return device.Now < _readyAt ? SchedulingDecision.WaitUntil(_readyAt) : _fifo.Decide(device, lane);
        }
    }
}
