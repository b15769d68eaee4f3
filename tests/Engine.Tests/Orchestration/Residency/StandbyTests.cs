using Camshaft.Backends;
using Camshaft.Engine.Models;
using Camshaft.Engine.Tests.Support;

namespace Camshaft.Engine.Tests.Orchestration.Residency;

/// <summary>Models that find no room in memory, from start to eviction.</summary>
public sealed class StandbyTests
{
    [Fact]
    public async Task At_start_models_load_in_order_until_the_budget_is_full()
    {
        await using var harness = new ResidencyHarness(budget: 1000);
        harness.Add("a", 400);
        harness.Add("b", 500);
        harness.Add("c", 200);
        harness.Add("d", 100);
        await harness.StartAsync();

        Assert.Equal(
            [ModelState.Ready, ModelState.Ready, ModelState.Standby, ModelState.Ready],
            "abcd".Select(model => harness.GetState($"{model}")));
        Assert.Contains("no room for its 200 bytes", harness.Find("c").Reason, StringComparison.Ordinal);
        Assert.Equal(1000, harness.Backend.Peak);
    }

    [Fact]
    public async Task A_request_has_its_model_loaded_and_the_least_worth_leaves()
    {
        await using var harness = new ResidencyHarness(budget: 1000);
        harness.Add("a", 500);
        harness.Add("b", 500);
        harness.Add("c", 400);
        await harness.StartAsync();
        await harness.InferAsync("a", 10);
        await harness.InferAsync("b", 3);

        Harness.Expect(await harness.InferAsync("c"));
        Assert.Equal((ModelState.Ready, ModelState.Standby, ModelState.Ready), (harness.GetState("a"), harness.GetState("b"), harness.GetState("c")));
        Assert.Equal(1000, harness.Backend.Peak);
    }

    [Fact]
    public async Task What_loads_slowly_stays_before_what_loads_fast()
    {
        await using var harness = new ResidencyHarness(budget: 1000);
        harness.Add("a", 500, loadMilliseconds: 1000);
        harness.Add("b", 500, loadMilliseconds: 10);
        harness.Add("c", 400);
        await harness.StartAsync();
        await harness.InferAsync("a", 2);
        await harness.InferAsync("b", 20);

        Harness.Expect(await harness.InferAsync("c"));
        Assert.Equal((ModelState.Ready, ModelState.Standby), (harness.GetState("a"), harness.GetState("b")));
    }

    [Fact]
    public async Task A_model_that_was_taken_out_of_service_does_not_keep_others_from_leaving()
    {
        await using var harness = new ResidencyHarness(budget: 1000);
        harness.Add("a", 500);
        harness.Add("b", 500);
        harness.Add("c", 400);
        await harness.StartAsync();
        await harness.InferAsync("b", 3);
        harness.Find("a").Fail("it does not work");

        Harness.Expect(await harness.InferAsync("c"));
        Assert.Equal((ModelState.Failed, ModelState.Standby, ModelState.Ready), (harness.GetState("a"), harness.GetState("b"), harness.GetState("c")));
    }

    [Fact]
    public async Task An_evicted_model_goes_on_counting_and_answers_for_its_signature()
    {
        await using var harness = new ResidencyHarness(budget: 500);
        harness.Add("a", 500);
        harness.Add("b", 500);
        await harness.StartAsync();
        await harness.InferAsync("a", 3);
        await harness.InferAsync("b");
        Assert.Equal((ModelState.Standby, 500), (harness.GetState("a"), harness.Find("a").Footprint.HostByteSize));
        Assert.Equal("in", harness.Find("a").Signature!.Inputs.Single().Name);

        await harness.InferAsync("a");
        Assert.Equal(4, harness.Find("a").Recorder.GetCount(StatusCode.Ok));
    }

    [Fact]
    public async Task A_pinned_model_is_loaded_first_and_never_leaves()
    {
        await using var harness = new ResidencyHarness(budget: 1000);
        harness.Add("a", 600);
        harness.Add("z", 600, configuration: "memory: { pinned: true }");
        await harness.StartAsync();
        Assert.Equal(ModelState.Failed, harness.GetState("a"));
        Assert.Equal("it takes 600 bytes (by the size of its files), and pinned models leave 400 bytes of the memory budget for models, 1000 bytes", harness.Find("a").Reason);
        harness.Add("a", 300);
        Harness.Expect(await harness.Controller.LoadAsync("a", CancellationToken.None));
        harness.Add("b", 300);
        Harness.Expect(await harness.InferAsync("a"));
        Harness.Expect(await harness.Controller.LoadAsync("b", CancellationToken.None));
        Assert.Equal(ModelState.Standby, harness.GetState("a"));
        Assert.Equal(ModelState.Ready, harness.GetState("z"));
    }

    [Fact]
    public async Task A_model_that_is_refused_and_cannot_be_freed_has_failed_with_the_reason_and_can_be_tried_again()
    {
        await using var harness = new ResidencyHarness(budget: 1000);
        harness.Add("a", 500, configuration: "inputs: [{ name: other, datatype: INT32, shape: [-1] }]");
        harness.Backend.Ended = static () => throw new InvalidOperationException("it does not end");
        await harness.StartAsync();
        Assert.Equal(ModelState.Failed, harness.GetState("a"));
        Assert.StartsWith("model.yaml disagrees with the model file", harness.Find("a").Reason, StringComparison.Ordinal);

        harness.Backend.Ended = null;
        harness.Add("a", 500);
        Harness.Expect(await harness.Controller.LoadAsync("a", CancellationToken.None));
        Harness.Expect(await harness.InferAsync("a"));
    }

    [Fact]
    public async Task A_model_larger_than_the_whole_budget_says_both_sizes()
    {
        await using var harness = new ResidencyHarness(budget: 1000);
        harness.Add("large", 1200);
        await harness.StartAsync();

        Assert.Equal(ModelState.Failed, harness.GetState("large"));
        Assert.Equal("it takes 1200 bytes (by the size of its files), more than the memory budget for models, 1000 bytes", harness.Find("large").Reason);
        Assert.Equal(0, harness.Backend.GetLoads("large"));
    }

    [Fact]
    public async Task A_model_that_turns_out_larger_than_the_whole_budget_is_freed_again()
    {
        await using var harness = new ResidencyHarness(budget: 1000);
        harness.Write("large", "1200 10ms");
        harness.Add("small", 900);
        await harness.StartAsync();

        Assert.Contains("it takes 1200 bytes (measured in memory), more than", harness.Find("large").Reason, StringComparison.Ordinal);
        Harness.Expect(await harness.InferAsync("small"));
        Assert.Equal(900, harness.Backend.ByteSize);
    }

    [Fact]
    public async Task A_model_that_turns_out_larger_than_its_files_makes_others_leave()
    {
        await using var harness = new ResidencyHarness(budget: 1000);
        harness.Add("a", 700);
        harness.Write("b", "600 10ms");
        await harness.StartAsync();
        await harness.InferAsync("b");

        Assert.Equal((ModelState.Standby, ModelState.Ready), (harness.GetState("a"), harness.GetState("b")));
        await harness.InferAsync("a");
        Assert.Equal(1, harness.Backend.Alive);
    }

    [Fact]
    public async Task A_model_stays_for_its_minimum_residency()
    {
        await using var harness = new ResidencyHarness(budget: 1000, minimumResidency: TimeSpan.FromHours(1));
        harness.Add("a", 600);
        harness.Add("b", 600);
        await harness.StartAsync();
        var waiting = harness.InferAsync("b");
        while (!waiting.IsCompleted)
        {
            harness.Clock.Advance(TimeSpan.FromMilliseconds(100));
            Assert.Equal(ModelState.Ready, harness.GetState("a"));
            await Task.Yield();
        }

        Assert.Contains("there is no room for its 600 bytes", (await waiting).Message, StringComparison.Ordinal);
        harness.Clock.Advance(TimeSpan.FromHours(1));
        Harness.Expect(await harness.InferAsync("b"));
    }

    [Fact]
    public async Task An_explicit_load_makes_others_leave_and_an_explicit_unload_stays()
    {
        await using var harness = new ResidencyHarness(budget: 1000);
        harness.Add("a", 600);
        harness.Add("b", 600);
        await harness.StartAsync();
        Harness.Expect(await harness.Controller.LoadAsync("b", CancellationToken.None));
        Assert.Equal((ModelState.Standby, ModelState.Ready), (harness.GetState("a"), harness.GetState("b")));

        Harness.Expect(await harness.Controller.UnloadAsync("a", CancellationToken.None));
        var status = await harness.InferAsync("a");
        Assert.Equal((StatusCode.Unavailable, ModelState.Unloaded), (status.Code, harness.GetState("a")));
        Assert.Equal(1, harness.Backend.GetLoads("a"));
    }

    [Fact]
    public async Task A_budget_that_shrinks_makes_models_leave_and_one_that_grows_has_room_again()
    {
        await using var harness = new ResidencyHarness(budget: 1000);
        harness.Add("a", 500);
        harness.Add("b", 500);
        await harness.StartAsync();
        await harness.InferAsync("b");
        harness.Clock.Advance(TimeSpan.FromSeconds(2));

        harness.Residency.Limit = 600;
        Assert.Equal((ModelState.Standby, ModelState.Ready), (harness.GetState("a"), harness.GetState("b")));
        harness.Residency.Limit = 1000;
        Harness.Expect(await harness.InferAsync("a"));
        Assert.Equal((ModelState.Ready, ModelState.Ready), (harness.GetState("a"), harness.GetState("b")));
    }
}
