using System.Text.Json.Nodes;
using Camshaft.Load.Plans;
using Camshaft.Load.Running;
using Camshaft.Load.Targets;
using Camshaft.Load.Tests.Support;

namespace Camshaft.Load.Tests.Targets;

/// <summary>Load over real sockets on a server whose every answer's time is known.</summary>
public sealed class KServeHttpTargetTests
{
    private const double Accuracy = 0.02;
    private const double LateThreads = 50;

    [Fact]
    public async Task Percentiles_over_real_sockets_are_those_that_the_server_took()
    {
        // Latencies lie on plateaus far apart, a stall of five seconds for one in fifty among them: a busy machine, which delays each
        // request by some milliseconds, moves no percentile to another.
        var random = new Random(3);
        await using var server = await StubServer.StartAsync(() => TimeSpan.FromMilliseconds(random.Next(100) switch { < 70 => 1500, < 90 => 2250, < 98 => 3500, _ => 5000 }));
        var plan = new LoadPlan([new ModelLoad("m", new PoissonRate(60))]) { WarmUp = TimeSpan.Zero, Duration = TimeSpan.FromSeconds(10), Drain = TimeSpan.FromMinutes(1) };

        var model = (await Loads.RunAsync(server.Address, plan)).Models[0];

        double[] truth = [.. server.Truth.Order()];
        Assert.Equal((truth.Length, 0L), (model.Answered, model.Failed));
        AssertClose(truth, 50, model.Latency.P50);
        AssertClose(truth, 95, model.Latency.P95);
        AssertClose(truth, 99, model.Latency.P99);
    }

    [Fact]
    public async Task A_request_carries_what_the_metadata_and_the_plan_say()
    {
        await using var server = await StubServer.StartAsync(static () => TimeSpan.Zero);
        var load = new ModelLoad("m", new ClosedLoop(1)) { BatchSize = 2, Timeout = TimeSpan.FromSeconds(20), FillValues = new Dictionary<string, double> { ["n"] = 16000 } };

        var model = (await Loads.RunAsync(server.Address, ShortPlan(load))).Models[0];

        Assert.Equal(0, model.Failed);
        var (body, jsonByteSize) = server.LastRequest;
        var head = JsonNode.Parse(body.AsSpan(0, jsonByteSize))!;
        var inputs = head["inputs"]!;
        Assert.Equal("""{"name":"x","datatype":"FP32","shape":[2,4],"parameters":{"binary_data_size":32}}""", inputs[0]!.ToJsonString());
        Assert.Equal(20_000_000, (long)head["parameters"]!["timeout"]!);
        Assert.Equal(16000, BitConverter.ToInt64(body, jsonByteSize + 32));
        Assert.All(Enumerable.Range(0, 8), index => Assert.InRange(BitConverter.ToSingle(body, jsonByteSize + (4 * index)), float.Epsilon, 1));
    }

    [Fact]
    public async Task Refusals_are_errors_by_their_status_with_the_words_of_the_server()
    {
        await using var server = await StubServer.StartAsync(static () => TimeSpan.Zero, 503);

        var model = (await Loads.RunAsync(server.Address, ShortPlan(new ModelLoad("m", new ConstantRate(100))))).Models[0];

        Assert.Equal((0L, 0L), (model.Answered, model.Latency.Count));
        var error = Assert.Single(model.Errors);
        Assert.Equal(("HTTP 503", model.Requests, "not now"), (error.Kind, error.Count, error.FirstMessage));
    }

    [Fact]
    public async Task A_server_that_dies_under_load_is_an_error_of_the_connection()
    {
        var server = await StubServer.StartAsync(static () => TimeSpan.FromSeconds(30));
        await using var target = TargetSchemes.Create(server.Address, Loads.Options);
        var plan = ShortPlan(new ModelLoad("m", new ConstantRate(100)));
        var generator = await LoadGenerator.OpenAsync(target, plan, CancellationToken.None);
        await server.DisposeAsync();

        var model = (await generator.RunAsync(plan, null, CancellationToken.None)).Models[0];

        Assert.Equal((0L, model.Requests), (model.Answered, model.Failed));
        Assert.StartsWith("connection: ", Assert.Single(model.Errors).Kind, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_unanswered_when_the_run_gives_up_is_told()
    {
        await using var server = await StubServer.StartAsync(static () => TimeSpan.FromSeconds(30));
        var plan = ShortPlan(new ModelLoad("m", new ConstantRate(100)) { MaxInFlight = 4 }) with { Drain = TimeSpan.Zero };

        var model = (await Loads.RunAsync(server.Address, plan)).Models[0];

        Assert.Equal(["not sent", "unanswered"], model.Errors.Select(static error => error.Kind));
        Assert.Equal((4L, model.Requests), (model.Errors[1].Count, model.Errors.Sum(static error => error.Count)));
    }

    [Fact]
    public async Task A_cancelled_run_ends()
    {
        await using var server = await StubServer.StartAsync(static () => TimeSpan.FromSeconds(30));
        await using var target = TargetSchemes.Create(server.Address, Loads.Options);
        var plan = new LoadPlan([new ModelLoad("m", new ConstantRate(10)), new ModelLoad("m", new ClosedLoop(2))]) { Duration = TimeSpan.FromHours(1) };
        var generator = await LoadGenerator.OpenAsync(target, plan, CancellationToken.None);
        using var cancellation = new CancellationTokenSource();

        var run = generator.RunAsync(plan, null, cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Theory]
    [InlineData("Model 'nothing'", "nothing", null)]
    [InlineData("Model 'm' has no input 'z'; expected 'x', 'n'.", "m", "z")]
    [InlineData("Model 'm': input 'x' is to have shape [3]; the model expects [-1,4].", "m", "x")]
    public async Task What_a_model_does_not_take_is_said_before_the_run(string message, string model, string? input)
    {
        await using var server = await StubServer.StartAsync(static () => TimeSpan.Zero);
        var load = new ModelLoad(model, new ClosedLoop(1)) { Shapes = input is null ? [] : new Dictionary<string, long[]> { [input] = [3] } };

        var exception = await Assert.ThrowsAsync<LoadException>(() => Loads.RunAsync(server.Address, ShortPlan(load)));

        Assert.StartsWith(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_server_is_unreachable_and_no_scheme_is_no_target()
    {
        var plan = ShortPlan(new ModelLoad("m", new ClosedLoop(1)));

        Assert.True((await Assert.ThrowsAsync<LoadException>(() => Loads.RunAsync("kserve+http://127.0.0.1:1", plan))).IsUnreachable);
        Assert.Contains("inproc://…", (await Assert.ThrowsAsync<LoadException>(() => Loads.RunAsync("tcp://there", plan))).Message, StringComparison.Ordinal);
    }

    private static LoadPlan ShortPlan(ModelLoad load) => new([load]) { WarmUp = TimeSpan.Zero, Duration = TimeSpan.FromMilliseconds(300) };

    private static void AssertClose(double[] truth, double percentile, double reported)
    {
        var expected = truth[(int)Math.Ceiling(truth.Length * percentile / 100) - 1];
        Assert.True(Math.Abs(reported - expected) <= (Accuracy * expected) + LateThreads, $"p{percentile} is reported as {reported:0.##} ms; the server took {expected:0.##} ms.");
    }
}
