using Camshaft.Backends;
using Camshaft.Engine.Models;
using Camshaft.Engine.Orchestration.Residency;
using Camshaft.Engine.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Engine.Tests.Orchestration.Residency;

/// <summary>Requests that ask for a model which is not in memory.</summary>
public sealed class DemandLoadTests
{
    [Fact]
    public async Task Many_requests_at_once_wait_for_one_load()
    {
        await using var harness = await StartAsync();
        var statuses = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(() => harness.InferAsync("cold"))));

        Assert.All(statuses, static status => Assert.True(status.IsOk, status.Message));
        Assert.Equal(1, harness.Backend.GetLoads("cold"));
    }

    [Fact]
    public async Task One_more_than_may_wait_is_refused()
    {
        await using var harness = await StartAsync(queueLimit: 2);
        var gate = Block(harness, "cold");
        Task<InferenceStatus>[] waiting = [harness.InferAsync("cold"), harness.InferAsync("cold")];
        var status = await harness.InferAsync("cold");

        Assert.Equal((StatusCode.ResourceExhausted, true), (status.Code, status.RetryAfter > TimeSpan.Zero));
        gate.Open();
        Assert.All(await Task.WhenAll(waiting), static answer => Assert.True(answer.IsOk, answer.Message));
    }

    [Fact]
    public async Task A_request_waits_no_longer_than_its_time_and_the_load_goes_on()
    {
        await using var harness = await StartAsync();
        var gate = Block(harness, "cold");
        var waiting = harness.CreateRequestAsync("cold", TimeSpan.FromSeconds(3));
        Assert.False(waiting.IsCompleted);
        harness.Clock.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(StatusCode.DeadlineExceeded, (await waiting).Status.Code);
        gate.Open();
        Harness.Expect(await harness.InferAsync("cold"));
        Assert.Equal(1, harness.Backend.GetLoads("cold"));
    }

    [Fact]
    public async Task A_request_that_is_cancelled_leaves_the_load_to_others()
    {
        await using var harness = await StartAsync();
        var gate = Block(harness, "cold");
        using var cancellation = new CancellationTokenSource();
        var leaves = harness.CreateRequestAsync("cold", cancellationToken: cancellation.Token);
        var stays = harness.InferAsync("cold");
        await cancellation.CancelAsync();

        Assert.Equal(StatusCode.Cancelled, (await leaves).Status.Code);
        gate.Open();
        Harness.Expect(await stays);
    }

    [Fact]
    public async Task A_load_that_fails_is_told_to_all_who_wait_and_tried_again_only_after_a_while()
    {
        await using var harness = await StartAsync();
        harness.Write("cold", "broken");
        var statuses = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => harness.InferAsync("cold"))));
        Assert.All(statuses, static status => Assert.Contains("its weights are broken", status.Message, StringComparison.Ordinal));
        Assert.All(statuses, static status => Assert.Equal((StatusCode.Unavailable, true), (status.Code, status.RetryAfter > TimeSpan.Zero)));
        Assert.Equal((1, ModelState.Failed), (harness.Backend.GetLoads("cold"), harness.GetState("cold")));

        harness.Add("cold", 500);
        Assert.False((await harness.InferAsync("cold")).IsOk);
        harness.Clock.Advance(DemandLoader.RetryInterval);
        Harness.Expect(await harness.InferAsync("cold"));
        Assert.Equal(2, harness.Backend.GetLoads("cold"));
    }

    [Fact]
    public async Task A_model_that_is_gone_from_the_repository_says_so()
    {
        await using var harness = await StartAsync();
        harness.Delete("cold");

        var status = await harness.InferAsync("cold");
        Assert.Contains("it is not in the model repository any more", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_with_requests_in_flight_is_not_freed_before_they_end()
    {
        await using var harness = await StartAsync();
        var (_, request) = await harness.CreateRequestAsync("warm");
        var waiting = harness.InferAsync("cold");
        while (harness.GetState("warm") != ModelState.Standby)
        {
            await Task.Yield();
        }

        Assert.Equal((1, 0), (harness.Backend.Alive, harness.Backend.GetLoads("cold")));
        request!.Dispose();
        Harness.Expect(await waiting);
        Assert.Equal(500, harness.Backend.Peak);
    }

    [Fact]
    public async Task A_model_that_leaves_while_in_use_comes_back_for_the_next_request()
    {
        await using var harness = await StartAsync();
        var (_, request) = await harness.CreateRequestAsync("warm");
        var cold = harness.InferAsync("cold");
        while (harness.GetState("warm") != ModelState.Standby)
        {
            await Task.Yield();
        }

        var again = harness.InferAsync("warm");
        request!.Dispose();
        Harness.Expect(await cold);
        // Who leaves is looked for again and again while somebody waits.
        await harness.Clock.AdvanceUntilAsync(TimeSpan.FromMilliseconds(20), () => again.IsCompleted);

        Harness.Expect(await again);
        Assert.Equal(500, harness.Backend.Peak);
    }

    [Fact]
    public async Task An_explicit_unload_of_a_model_that_just_leaves_wins()
    {
        await using var harness = await StartAsync();
        var (_, request) = await harness.CreateRequestAsync("warm");
        var cold = harness.InferAsync("cold");
        while (harness.GetState("warm") != ModelState.Standby)
        {
            await Task.Yield();
        }

        Harness.Expect(await harness.Controller.UnloadAsync("warm", CancellationToken.None));
        request!.Dispose();
        Harness.Expect(await cold);
        Assert.Equal(StatusCode.Unavailable, (await harness.InferAsync("warm")).Code);
        Assert.Equal(1, harness.Backend.GetLoads("warm"));
    }

    [Fact]
    public async Task A_stop_ends_the_wait_for_room()
    {
        var harness = await StartAsync();
        var (_, request) = await harness.CreateRequestAsync("warm");
        var cold = harness.InferAsync("cold");
        while (harness.GetState("warm") != ModelState.Standby)
        {
            await Task.Yield();
        }

        var stop = harness.DisposeAsync().AsTask();
        Assert.Contains("the server is stopping", (await cold).Message, StringComparison.Ordinal);
        request!.Dispose();
        await stop;
    }

    [Fact]
    public async Task A_request_to_a_model_in_memory_allocates_nothing_and_does_not_wait()
    {
        await using var harness = await StartAsync();
        AllocationAssert.NoneWhenWarm(() =>
        {
            var call = harness.Door.CreateRequestAsync("warm", ModelRegistry.HighestReady, null, CancellationToken.None);
            Assert.True(call.IsCompletedSuccessfully);
            call.Result.Request!.Dispose();
        });
    }

    private static async Task<ResidencyHarness> StartAsync(int queueLimit = 64)
    {
        var harness = new ResidencyHarness(budget: 500, queueLimit: queueLimit);
        harness.Add("warm", 500);
        harness.Add("cold", 500);
        harness.Write("warm", "500 10ms ".PadRight(500), "memory: { minimum_residency: 0s }");
        await harness.Controller.LoadAsync("warm", CancellationToken.None);
        await harness.StartAsync();
        Assert.Equal(ModelState.Standby, harness.GetState("cold"));
        return harness;
    }

    private static Gate Block(ResidencyHarness harness, string model)
    {
        var gate = new Gate();
        harness.Backend.Blocked = (model, gate);
        return gate;
    }
}
