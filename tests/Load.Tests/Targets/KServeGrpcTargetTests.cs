using Camshaft.Load.Plans;
using Camshaft.Load.Running;
using Camshaft.Load.Targets;
using Camshaft.Load.Tests.Support;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;
using Grpc.Core;

namespace Camshaft.Load.Tests.Targets;

/// <summary>Load over gRPC on a server that notes what it is asked.</summary>
public sealed class KServeGrpcTargetTests
{
    [Fact]
    public async Task A_request_carries_what_the_metadata_and_the_plan_say()
    {
        await using var server = await new GrpcStub().StartAsync();
        var load = new ModelLoad("m", new ClosedLoop(2)) { Version = 1, BatchSize = 2, Timeout = TimeSpan.FromSeconds(20), FillValues = new Dictionary<string, double> { ["n"] = 16000 } };

        var model = (await Loads.RunAsync(server.Address, ShortPlan(load), Loads.Options with { ApiKey = "secret" })).Models[0];

        Assert.Equal((0L, model.Requests, (long)server.Requests.Count), (model.Failed, model.Answered, model.Requests));
        Assert.Equal(server.Requests.Count, server.Requests.DistinctBy(static seen => seen.Request.Id).Count());
        var (request, authorization, deadline, _) = server.Requests.First();
        Assert.Equal(("m", "1", "Bearer secret"), (request.ModelName, request.ModelVersion, authorization));
        Assert.Equal(["x FP32 2,4", "n INT64 1"], request.Inputs.Select(static input => $"{input.Name} {input.Datatype} {string.Join(',', input.Shape)}"));
        Assert.Equal([32, 8], request.RawInputContents.Select(static raw => raw.Length));
        Assert.Equal(16000, BitConverter.ToInt64(request.RawInputContents[1].Span));
        Assert.Equal(20_000_000, request.Parameters["timeout"].Int64Param);
        Assert.InRange(deadline, DateTime.UtcNow, DateTime.UtcNow.AddSeconds(20));
    }

    [Fact]
    public async Task Requests_take_turns_on_the_connections_that_are_asked_for()
    {
        await using var server = await new GrpcStub().StartAsync();

        var model = (await Loads.RunAsync($"{server.Address}?connections=3", ShortPlan(new ModelLoad("m", new ConstantRate(200))))).Models[0];

        Assert.Equal(0, model.Failed);
        Assert.Equal(3, server.Requests.DistinctBy(static seen => seen.Peer).Count());
    }

    [Fact]
    public async Task TLS_is_spoken_with_a_server_that_is_trusted_and_no_other()
    {
        using var directory = new TempDirectory();
        using var certificate = TestCertificate.Create();
        var path = Path.Combine(directory.FullPath, "server.pem");
        TestCertificate.WritePem(certificate, path, Path.Combine(directory.FullPath, "server.key"));
        await using var server = await new GrpcStub { Certificate = certificate }.StartAsync();
        var plan = ShortPlan(new ModelLoad("m", new ClosedLoop(1)));

        var model = (await Loads.RunAsync(server.Address, plan, Loads.Options with { AuthorityPath = path })).Models[0];

        Assert.StartsWith("kserve+grpcs://", server.Address, StringComparison.Ordinal);
        Assert.Equal((0L, model.Requests), (model.Failed, (long)server.Requests.Count));
        Assert.True((await Assert.ThrowsAsync<LoadException>(() => Loads.RunAsync(server.Address, plan))).IsUnreachable);
    }

    [Fact]
    public async Task A_large_tensor_passes()
    {
        await using var server = await new GrpcStub().StartAsync();
        var load = new ModelLoad("m", new ClosedLoop(1)) { Shapes = new Dictionary<string, long[]> { ["x"] = [500_000, 4] } };

        var model = (await Loads.RunAsync(server.Address, ShortPlan(load))).Models[0];

        Assert.Equal(0, model.Failed);
        Assert.Equal(8_000_000, server.Requests.First().Request.RawInputContents[0].Length);
    }

    [Theory]
    [InlineData(StatusCode.Unavailable, "Unavailable")]
    [InlineData(StatusCode.ResourceExhausted, "ResourceExhausted")]
    [InlineData(StatusCode.Unimplemented, "Unsupported")]
    public async Task Refusals_are_errors_by_their_status_with_the_words_of_the_server(StatusCode code, string kind)
    {
        await using var server = await new GrpcStub { OnInfer = _ => throw new RpcException(new Status(code, "not now")) }.StartAsync();

        var model = (await Loads.RunAsync(server.Address, ShortPlan(new ModelLoad("m", new ConstantRate(100))))).Models[0];

        Assert.Equal((0L, 0L), (model.Answered, model.Latency.Count));
        var error = Assert.Single(model.Errors);
        Assert.Equal((kind, model.Requests, "not now"), (error.Kind, error.Count, error.FirstMessage));
    }

    [Fact]
    public async Task A_request_is_given_up_when_its_time_is_over()
    {
        await using var server = await new GrpcStub { OnInfer = static token => Task.Delay(Timeout.Infinite, token) }.StartAsync();
        var load = new ModelLoad("m", new ConstantRate(100)) { Timeout = TimeSpan.FromMilliseconds(100) };

        var model = (await Loads.RunAsync(server.Address, ShortPlan(load))).Models[0];

        Assert.Equal(("DeadlineExceeded", model.Requests), (Assert.Single(model.Errors).Kind, model.Failed));
    }

    [Fact]
    public async Task A_server_that_dies_under_load_is_an_error_of_the_connection()
    {
        var server = await new GrpcStub { OnInfer = static token => Task.Delay(Timeout.Infinite, token) }.StartAsync();
        await using var target = TargetSchemes.Create(server.Address, Loads.Options);
        var plan = ShortPlan(new ModelLoad("m", new ConstantRate(100)));
        var generator = await LoadGenerator.OpenAsync(target, plan, CancellationToken.None);
        await server.DisposeAsync();

        var model = (await generator.RunAsync(plan, null, CancellationToken.None)).Models[0];

        Assert.Equal((0L, model.Requests), (model.Answered, model.Failed));
        Assert.All(model.Errors, static error => Assert.StartsWith("connection: ", error.Kind, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_unanswered_when_the_run_gives_up_is_told()
    {
        await using var server = await new GrpcStub { OnInfer = static token => Task.Delay(Timeout.Infinite, token) }.StartAsync();
        var plan = ShortPlan(new ModelLoad("m", new ConstantRate(100)) { MaxInFlight = 4 }) with { Drain = TimeSpan.Zero };

        var model = (await Loads.RunAsync(server.Address, plan)).Models[0];

        Assert.Equal(["not sent", "unanswered"], model.Errors.Select(static error => error.Kind));
        Assert.Equal(4L, model.Errors[1].Count);
    }

    [Fact]
    public async Task A_model_that_is_not_there_is_said_in_the_words_of_the_server()
    {
        await using var server = await new GrpcStub().StartAsync();

        var exception = await Assert.ThrowsAsync<LoadException>(() => Loads.RunAsync(server.Address, ShortPlan(new ModelLoad("nothing", new ClosedLoop(1)))));

        Assert.Equal("Model 'nothing': There is no 'nothing'. (gRPC NotFound)", exception.Message);
        Assert.False(exception.IsUnreachable);
    }

    [Theory]
    [InlineData("kserve+grpc://127.0.0.1:1", true, "cannot be reached")]
    [InlineData("kserve+grpcs://127.0.0.1:1", true, "cannot be reached")]
    [InlineData("kserve+grpc://localhost:8001/path", false, "is no address")]
    [InlineData("kserve+grpc://localhost:8001?connections=0", false, "no usable number of connections")]
    public async Task An_address_that_leads_nowhere_is_said(string address, bool isUnreachable, string message)
    {
        var exception = await Assert.ThrowsAsync<LoadException>(() => Loads.RunAsync(address, ShortPlan(new ModelLoad("m", new ClosedLoop(1)))));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Equal(isUnreachable, exception.IsUnreachable);
    }

    private static LoadPlan ShortPlan(ModelLoad load) => new([load]) { WarmUp = TimeSpan.Zero, Duration = TimeSpan.FromMilliseconds(300) };
}
