using Camshaft.Engine.Models;
using Camshaft.Server.CommandLine;
using Camshaft.Server.Configuration;
using Camshaft.Testing;
using Microsoft.Extensions.Logging;

namespace Camshaft.Server.Tests.CommandLine;

[Collection(CommandLineCollection.Name)]
public sealed class CommandLineTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private readonly string _emptyFile;
    private ServerOptions? _served;

    // An explicit file keeps the one in the working directory out.
    public CommandLineTests() => _emptyFile = _directory.Write("empty.json", "{}"u8);

    public void Dispose()
    {
        _directory.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task Without_flags_the_defaults_are_Tritons_on_localhost()
    {
        var options = await ServeAsync();

        Assert.Equal([Path.GetFullPath("models")], options.Models);
        Assert.Equal("localhost", options.Host);
        Assert.Equal((8000, 8001, 8002, 8003), (options.HttpPort, options.GrpcPort, options.MetricsPort, options.BinaryPort));
        Assert.Null(options.BinarySocket);
        Assert.Null(options.Plugins);
        Assert.Equal(ModelControlMode.None, options.ModelControlMode);
        Assert.Null(options.TensorMemoryBytes);
        Assert.Null(options.MemoryBudget);
        Assert.Equal((LogLevel.Information, LogFormat.Text), (options.LogLevel, options.LogFormat));
    }

    [Fact]
    public async Task Every_flag_reaches_its_option()
    {
        var options = await ServeAsync(
            "--models", "/a", "--models", "/b", "--host", "0.0.0.0", "--http-port", "1", "--grpc-port", "2", "--metrics-port", "3", "--binary-port", "4",
            "--binary-socket", "/run/x.sock", "--plugins", "/p", "--model-control-mode", "explicit", "--load-model", "m", "--load-model", "n",
            "--tensor-memory-bytes", "2000000", "--memory-budget", "3000000", "--log-level", "debug", "--log-format", "json");

        Assert.Equal(["/a", "/b"], options.Models);
        Assert.Equal("0.0.0.0", options.Host);
        Assert.Equal((1, 2, 3, 4), (options.HttpPort, options.GrpcPort, options.MetricsPort, options.BinaryPort));
        Assert.Equal(("/run/x.sock", "/p"), (options.BinarySocket, options.Plugins));
        Assert.Equal(ModelControlMode.Explicit, options.ModelControlMode);
        Assert.Equal(["m", "n"], options.LoadModels);
        Assert.Equal((2_000_000, 3_000_000), (options.TensorMemoryBytes, options.MemoryBudget));
        Assert.Equal((LogLevel.Debug, LogFormat.Json), (options.LogLevel, options.LogFormat));
    }

    [Theory]
    [InlineData("--model-repository")]
    [InlineData("--model-store")]
    public async Task Tritons_names_of_the_model_directory_are_accepted(string flag) =>
        Assert.Equal(["/a", "/b"], (await ServeAsync("--models", "/a", flag, "/b")).Models);

    [Theory]
    [InlineData("'--htp-port'", "serve", "--htp-port", "1")]
    [InlineData("'abc'", "serve", "--http-port", "abc")]
    [InlineData("'poll'", "serve", "--model-control-mode", "poll")]
    [InlineData("--host", "serve", "--host")]
    public async Task A_command_line_that_is_none_ends_with_2_and_says_why(string message, params string[] arguments)
    {
        Assert.Equal(CamshaftCommand.UsageError, await InvokeAsync(arguments));
        Assert.Contains(message, _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("Try 'camshaft serve --help'.", _error.ToString(), StringComparison.Ordinal);
        Assert.Null(_served);
    }

    [Theory]
    [InlineData("Required command was not provided.", "Try 'camshaft --help'.")]
    [InlineData("'x'", "Try 'camshaft models --help'.", "models", "x")]
    [InlineData("Required argument missing for command: 'show'.", "Try 'camshaft models show --help'.", "models", "show")]
    [InlineData("'nonsense' is not NAME=VALUE.", "Try 'camshaft serve --help'.", "serve", "--set", "nonsense")]
    public async Task Wrong_usage_names_the_help_of_the_command_at_hand(string message, string hint, params string[] arguments)
    {
        Assert.Equal(CamshaftCommand.UsageError, await InvokeAsync(arguments));
        Assert.Contains(message, _error.ToString(), StringComparison.Ordinal);
        Assert.Contains(hint, _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Any_setting_can_be_set_by_its_name()
    {
        var options = await ServeAsync("--set", "limits.connections=7", "--set", "backends.onnxruntime.session.x=1=2");

        Assert.Equal(7, options.Limits.Connections);
        Assert.Equal("1=2", options.Backends["onnxruntime"]["session.x"]);
    }

    [Fact]
    public async Task A_port_out_of_range_ends_with_1_and_names_the_range()
    {
        Assert.Equal(CamshaftCommand.Failure, await InvokeAsync("serve", "--config", _emptyFile, "--http-port", "65536"));
        Assert.Contains("HttpPort must be between 0 and 65535", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configuration_file_that_does_not_exist_ends_with_1_and_names_it()
    {
        var missing = Path.Combine(_directory.FullPath, "missing.json");

        Assert.Equal(CamshaftCommand.Failure, await InvokeAsync("serve", "--config", missing));
        Assert.Equal($"camshaft: The configuration file '{missing}' does not exist.{Environment.NewLine}", _error.ToString());
    }

    [Fact]
    public async Task Help_shows_every_flag_and_examples()
    {
        Assert.Equal(CamshaftCommand.Success, await InvokeAsync("serve", "--help"));
        Assert.All(
            ["--set", "--tls-certificate", "--models", "--model-repository", "--model-store", "--host", "--http-port", "--grpc-port", "--metrics-port", "--binary-port", "--binary-socket", "--plugins",
                "--config", "--model-control-mode", "--load-model", "--tensor-memory-bytes", "--log-level", "--log-format", "[default: 8000]", "Examples:"],
            expected => Assert.Contains(expected, _output.ToString(), StringComparison.Ordinal));
        Assert.Empty(_error.ToString());
    }

    [Fact]
    public async Task Version_is_the_programs()
    {
        Assert.Equal(CamshaftCommand.Success, await InvokeAsync("--version"));
        Assert.StartsWith(typeof(CamshaftCommand).Assembly.GetName().Version!.ToString(3), _output.ToString(), StringComparison.Ordinal);
    }

    private async Task<ServerOptions> ServeAsync(params string[] flags)
    {
        Assert.Equal(CamshaftCommand.Success, await InvokeAsync(["serve", "--config", _emptyFile, .. flags]));
        return _served!;
    }

    private Task<int> InvokeAsync(params string[] arguments) => CamshaftCommand.InvokeAsync(arguments, _output, _error, (options, _) =>
    {
        _served = options;
        return Task.FromResult(CamshaftCommand.Success);
    });
}
