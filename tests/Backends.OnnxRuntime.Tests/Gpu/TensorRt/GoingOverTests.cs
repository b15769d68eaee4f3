using System.Collections.Concurrent;

namespace Camshaft.Backends.OnnxRuntime.Tests.Gpu.TensorRt;

/// <summary>Lanes that go over from CUDA to TensorRT, between two batches.</summary>
[Collection(nameof(GpuModelTests))]
public sealed class GoingOverTests : TensorRtTest
{
    [Fact]
    public async Task CUDA_serves_until_TensorRT_is_built_and_then_the_lane_goes_over()
    {
        using var model = Load();
        using var lane = new BusyLane(Share, model, 1);
        Assert.Equal([2f, 4f], lane.Run(1, 2));
        Assert.False(lane.RanTensorRt);
        await Build();
        await Logged(Served);

        Assert.Equal([2f, 4f], lane.Run(1, 2));
        Assert.True(lane.RanTensorRt);
        Assert.Equal((1, 0), SessionWatch.Alive);
        Assert.Null(model.Note);
    }

    [Fact]
    public async Task A_batch_that_still_runs_keeps_the_session_that_the_lane_gives_up()
    {
        using var model = Load();
        using var lane = new BusyLane(Share, model, 1);
        lane.Begin(1, 2);
        await Build();
        await Logged("a session for lane 1 of 'host', with TensorRT");
        await Logged("lanes go over to it");
        Assert.Equal((1, 1), SessionWatch.Alive);
        Assert.DoesNotContain(Backend.Log.Entries, static entry => entry.Message.Contains(Served, StringComparison.Ordinal));
        lane.End();
        await Logged(Served);

        Assert.Equal((1, 0), SessionWatch.Alive);
    }

    [Fact]
    public async Task On_a_stream_that_is_always_busy_the_next_batch_gives_the_session_free()
    {
        using var model = Load();
        using var lane = new BusyLane(Share, model, 1);
        using var neighbour = Share.CreateLane(0);
        Assert.Equal(neighbour.Streams, lane.Native.Streams);
        lane.Begin(1, 2);
        lane.End(staysBusy: true);
        await Build();
        await Logged("a session for lane 1 of 'host', with TensorRT");
        while (!lane.RanTensorRt)
        {
            lane.Begin(1, 2);
            Assert.Equal([2f, 4f], lane.End(staysBusy: true));
        }

        await Logged(Served);
        Assert.Equal((1, 0), SessionWatch.Alive);
    }

    [Fact]
    public async Task Under_load_every_batch_is_answered_while_lanes_go_over()
    {
        using var model = Load();
        var isOver = false;
        var wrong = new ConcurrentQueue<string>();
        var threads = Enumerable.Range(1, 4).Select(index => new Thread(() =>
        {
            using var lane = new BusyLane(Share, model, index);
            try
            {
                // Until TensorRT serves, and a hundred batches more.
                for (var (batch, rest) = (0f, 100); rest > 0; batch++, rest -= Volatile.Read(ref isOver) ? 1 : 0)
                {
                    var answer = lane.Run(batch, index);
                    if (answer is not [var first, var second] || first != batch * 2 || second != index * 2)
                    {
                        wrong.Enqueue($"lane {index}, batch {batch}");
                    }
                }

                if (!lane.RanTensorRt)
                {
                    wrong.Enqueue($"lane {index} has not gone over");
                }
            }
            catch (Exception exception)
            {
                wrong.Enqueue(exception.ToString());
            }
        })).ToList();
        threads.ForEach(static thread => thread.Start());
        await Build();
        await Logged(Served);
        Volatile.Write(ref isOver, true);
        threads.ForEach(static thread => Assert.True(thread.Join(Patience)));

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task A_lane_that_comes_later_has_TensorRT_at_once()
    {
        using var model = Load();
        await Build();
        await Logged(Served);
        using var lane = new BusyLane(Share, model, 1);
        lane.Run(1, 2);

        Assert.True(lane.RanTensorRt);
        Assert.Equal((1, 0), SessionWatch.Alive);
    }

    [Fact]
    public async Task Shapes_beyond_those_that_were_built_are_CUDAs()
    {
        using var model = Load(maxBatchSize: 2);
        using var lane = new BusyLane(Share, model, 1);
        await Build();
        await Logged(Served);
        Assert.Equal([2f, 4f], lane.Run(1, 2));
        Assert.True(lane.RanTensorRt);
        Assert.Equal([2f, 4f, 6f], lane.Run(1, 2, 3));
        Assert.False(lane.RanTensorRt);
        Assert.Equal([2f], lane.Run(1));

        Assert.True(lane.RanTensorRt);
        Assert.Equal((1, 1), SessionWatch.Alive);
    }

    [Fact]
    public async Task A_lane_where_TensorRT_finds_no_room_stays_with_CUDA()
    {
        Watch.Making = static place => throw new BackendException(StatusCode.ResourceExhausted, "no room");
        using var model = Load();
        using var lane = new BusyLane(Share, model, 1);
        await Build();
        await Logged(Served);
        using var other = new BusyLane(Share, model, 2);

        Assert.Equal([2f, 4f], lane.Run(1, 2));
        Assert.Equal([2f, 4f], other.Run(1, 2));
        Assert.Contains(Backend.Log.Entries, static entry => entry.Message.EndsWith("on lane 1, since no session with TensorRT could be made there: no room", StringComparison.Ordinal));
        Assert.Contains(Backend.Log.Entries, static entry => entry.Message.Contains("on lane 2, since", StringComparison.Ordinal));
    }

    [Fact]
    public void An_unload_while_a_lane_goes_over_ends_both_sessions()
    {
        using var making = new ManualResetEventSlim();
        using var made = new ManualResetEventSlim();
        Watch.Making = _ =>
        {
            making.Set();
            Assert.True(made.Wait(Patience));
        };
        using var model = Load();
        var lane = new BusyLane(Share, model, 1);
        lane.Run(1, 2);
        Built.Set();
        Assert.True(making.Wait(Patience, Cancellation));
        var ending = new Thread(lane.Dispose);
        ending.Start();

        // The lane's stream stays for as long as a session is made on it.
        Assert.False(ending.Join(TimeSpan.FromMilliseconds(50)));
        made.Set();
        Assert.True(ending.Join(Patience));
        Assert.Equal((0, 0), SessionWatch.Alive);
    }

    [Fact]
    public async Task An_unload_ends_a_session_that_a_lane_has_given_up_and_could_not_end()
    {
        using var model = Load();
        using (var lane = new BusyLane(Share, model, 1))
        {
            lane.Begin(1, 2);
            await Build();
            await Logged("a session for lane 1 of 'host', with TensorRT");
            await Logged("lanes go over to it");
            lane.End(staysBusy: true);
            Assert.Equal((1, 1), SessionWatch.Alive);
        }

        Assert.Equal((0, 0), SessionWatch.Alive);
    }
}
