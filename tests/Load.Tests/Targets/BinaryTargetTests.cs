using Camshaft.Load.Plans;
using Camshaft.Load.Running;
using Camshaft.Load.Targets;
using Camshaft.Load.Tests.Support;

namespace Camshaft.Load.Tests.Targets;

/// <summary>Load over the binary protocol on a server in this process.</summary>
public sealed class BinaryTargetTests
{
    private static readonly Dictionary<string, long[]> Shapes = new() { ["INPUT0"] = [100_000] };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_request_over_port_and_socket_is_answered(bool unix)
    {
        await using var server = await new BinaryServerHost().StartAsync();
        var closed = new ModelLoad("identity", new ClosedLoop(4)) { Version = 1, Shapes = Shapes };
        var open = new ModelLoad("identity", new ConstantRate(100)) { Shapes = Shapes, Timeout = TimeSpan.FromSeconds(30) };

        var report = await Loads.RunAsync(unix ? server.UnixAddress : server.Address, Plan(closed, open));

        Assert.All(report.Models, static model => Assert.Equal((0L, model.Requests, model.Requests), (model.Failed, model.Answered, model.Latency.Count)));
        Assert.All(report.Models, static model => Assert.InRange(model.Requests, 1, long.MaxValue));
        Assert.False(report.Generator.IsTargetInProcess);
    }

    [Fact]
    public async Task Requests_are_shared_out_over_the_connections_that_are_asked_for()
    {
        await using var server = await new BinaryServerHost().StartAsync();
        await using var target = TargetSchemes.Create($"{server.Address}?connections=3", Loads.Options);
        var plan = Plan(new ModelLoad("identity", new ClosedLoop(8)) { Shapes = Shapes });
        var generator = await LoadGenerator.OpenAsync(target, plan, CancellationToken.None);

        Assert.Equal(0, (await generator.RunAsync(plan, null, CancellationToken.None)).Models[0].Failed);

        Assert.Equal(3, server.Open);
    }

    [Fact]
    public async Task What_the_server_refuses_is_an_error_by_its_code()
    {
        await using var server = await new BinaryServerHost().StartAsync();
        var load = new ModelLoad("identity", new ConstantRate(100)) { Shapes = Shapes, Timeout = TimeSpan.FromMicroseconds(1) };

        var model = (await Loads.RunAsync(server.Address, Plan(load))).Models[0];

        Assert.Equal(("DeadlineExceeded", model.Requests), (Assert.Single(model.Errors).Kind, model.Failed));
    }

    [Fact]
    public async Task A_server_that_dies_under_load_makes_errors_and_no_end()
    {
        var server = await new BinaryServerHost().StartAsync();
        await using var target = TargetSchemes.Create(server.Address, Loads.Options);
        var plan = Plan(new ModelLoad("identity", new ConstantRate(100)) { Shapes = Shapes });
        var generator = await LoadGenerator.OpenAsync(target, plan, CancellationToken.None);
        await server.DisposeAsync();

        var model = (await generator.RunAsync(plan, null, CancellationToken.None)).Models[0];

        Assert.Equal(("Unavailable", model.Requests), (Assert.Single(model.Errors).Kind, model.Failed));
    }

    [Theory]
    [InlineData("camshaft://127.0.0.1:1", true, "cannot be reached")]
    [InlineData("camshaft+unix:///no/such/socket", true, "cannot be reached")]
    [InlineData("camshaft://localhost:8003?connections=many", false, "no usable number of connections")]
    public async Task An_address_that_leads_nowhere_is_said(string address, bool isUnreachable, string message)
    {
        var exception = await Assert.ThrowsAsync<LoadException>(() => Loads.RunAsync(address, Plan(new ModelLoad("identity", new ClosedLoop(1)))));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Equal(isUnreachable, exception.IsUnreachable);
    }

    [Fact]
    public async Task A_model_that_is_not_there_is_said()
    {
        await using var server = await new BinaryServerHost().StartAsync();

        var exception = await Assert.ThrowsAsync<LoadException>(() => Loads.RunAsync(server.Address, Plan(new ModelLoad("nothing", new ClosedLoop(1)))));

        Assert.Contains("Model 'nothing'", exception.Message, StringComparison.Ordinal);
        Assert.False(exception.IsUnreachable);
    }

    private static LoadPlan Plan(params ModelLoad[] models) => new(models) { WarmUp = TimeSpan.Zero, Duration = TimeSpan.FromMilliseconds(300) };
}
