using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Camshaft.Server.CommandLine;
using Camshaft.Server.Tests.CommandLine;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.EndToEnd;

// Children inherit the environment, which the tests of the command line change.
[Collection(CommandLineCollection.Name)]
public sealed class ServeProcessTests : IDisposable
{
    private const int TerminatedExitCode = 143;
    private const string StopMessage = "the server stops when";
    private const string SimpleBody = """
        {"inputs":[{"name":"INPUT0","datatype":"INT32","shape":[1,16],"data":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]},
        {"name":"INPUT1","datatype":"INT32","shape":[1,16],"data":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}]}
        """;

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_samples_are_served_by_serve_alone_in_the_repository()
    {
        await using var server = ServerProcess.Start(TestData.RepositoryRoot, "serve", "--http-port", "0");
        var banner = await server.ReadBannerAsync();
        using var client = new InferenceClient(ServerProcess.FindHttpAddress(banner));

        Assert.Matches(@"(?m)^simple +1 +ready +onnxruntime +cpu:0 +\d+ ms$", banner);
        Assert.Matches(@"(?m)^sample_identity +1 +ready +sample +cpu:0 +\d+ ms$", banner);
        Assert.Equal(SampleModel.SimpleOutputs, (await client.InferAsync("simple", SampleModel.SimpleInputs, binary: false)).Outputs);
    }

    [Fact]
    public async Task The_eight_models_are_served_without_configuration()
    {
        await using var server = ServerProcess.Start(_directory.FullPath, "serve", "--models", TestData.ModelRepository, "--http-port", "0");
        var banner = await server.ReadBannerAsync();
        using var client = new InferenceClient(ServerProcess.FindHttpAddress(banner));
        var inputs = RealModel.CreateInputs("mnist");

        Assert.All(RealModel.Names, name => Assert.Matches($@"(?m)^{name} +1 +ready +onnxruntime +cpu:0 +\d+ ms$", banner));
        Assert.Equal(RealModel.RunDirectly("mnist", inputs), (await client.InferAsync("mnist", inputs, binary: true)).Outputs);
    }

    [Fact]
    public async Task The_banner_says_what_failed_and_what_is_absent()
    {
        _directory.Write("models/broken/1/model.onnx", "no model"u8);
        _directory.Write("plugins/Wrong/Wrong.dll", "no assembly"u8);
        await using var server = ServerProcess.Start(_directory.FullPath, "serve", "--http-port", "0", "--plugins", "plugins");

        var banner = await server.ReadBannerAsync();

        Assert.Matches("^Camshaft [0-9]", banner);
        Assert.Matches("(?m)^broken +1 +failed +- +- +- +.+$", banner);
        Assert.Matches("(?m)^Wrong +failed +- +.+$", banner);
        Assert.Matches("(?m)^grpc +not in this version$", banner);
    }

    [Fact]
    public async Task On_SIGTERM_the_request_in_flight_finishes_and_the_exit_code_is_0()
    {
        await using var server = ServerProcess.Start(_directory.FullPath, "serve", "--models", SampleModel.Repository, "--http-port", "0");
        var address = ServerProcess.FindHttpAddress(await server.ReadBannerAsync());
        using var request = await RawRequest.BeginAsync(address, "/v2/models/simple/infer", SimpleBody);
        using var client = new InferenceClient(address);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v2/health/ready")).Status);

        await server.SignalAsync("TERM");
        await server.WaitForLogAsync(StopMessage);
        var answer = await request.FinishAsync();

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Contains("[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]", answer, StringComparison.Ordinal);
        Assert.Equal(CamshaftCommand.Success, (await server.WaitForExitAsync()).ExitCode);
    }

    [Fact]
    public async Task A_second_signal_ends_the_process_at_once()
    {
        await using var server = ServerProcess.Start(_directory.FullPath, "serve", "--models", SampleModel.Repository, "--http-port", "0");
        using var request = await RawRequest.BeginAsync(ServerProcess.FindHttpAddress(await server.ReadBannerAsync()), "/v2/models/simple/infer", SimpleBody);

        await server.SignalAsync("TERM");
        await server.WaitForLogAsync(StopMessage);
        await server.SignalAsync("TERM");

        Assert.Equal(TerminatedExitCode, (await server.WaitForExitAsync()).ExitCode);
    }

    [Fact]
    public async Task A_port_in_use_ends_with_1_and_one_line()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        await using var server = ServerProcess.Start(_directory.FullPath, "serve", "--models", SampleModel.Repository, "--http-port", $"{port}", "--log-level", "none");

        var (exitCode, output, error) = await server.WaitForExitAsync();

        Assert.Equal(CamshaftCommand.Failure, exitCode);
        Assert.StartsWith($"camshaft: Cannot listen on localhost:{port}: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Theory]
    [InlineData("The model directory ", "serve", "--models", "nowhere")]
    [InlineData("The host 'no such host' ", "serve", "--models", ".", "--host", "no such host")]
    public async Task What_cannot_be_served_ends_with_1_and_one_line(string message, params string[] arguments)
    {
        await using var server = ServerProcess.Start(_directory.FullPath, arguments);

        var (exitCode, _, error) = await server.WaitForExitAsync();

        Assert.Equal(CamshaftCommand.Failure, exitCode);
        Assert.StartsWith($"camshaft: {message}", error, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_JSON_every_log_line_is_an_object()
    {
        await using var server = ServerProcess.Start(_directory.FullPath, "serve", "--models", SampleModel.Repository, "--http-port", "0", "--log-format", "json");
        await server.ReadBannerAsync();

        await server.SignalAsync("TERM");
        var (exitCode, _, error) = await server.WaitForExitAsync();

        Assert.Equal(CamshaftCommand.Success, exitCode);
        var messages = error.Split('\n').Select(static line => (string)JsonNode.Parse(line)!["Message"]!).ToList();
        Assert.Contains(messages, static message => message.Contains("'simple' version 1 is ready", StringComparison.Ordinal));
    }
}
