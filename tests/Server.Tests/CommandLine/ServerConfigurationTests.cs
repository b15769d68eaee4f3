using System.Text;
using Camshaft.Engine.Models;
using Camshaft.Server.Configuration;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.CommandLine;

[Collection(CommandLineCollection.Name)]
public sealed class ServerConfigurationTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly List<string> _variables = [];

    public void Dispose()
    {
        _variables.ForEach(static name => Environment.SetEnvironmentVariable(name, null));
        _directory.Dispose();
    }

    [Fact]
    public void The_file_in_the_working_directory_is_read()
    {
        WriteFile("""{ "httpPort": 9000 }""");

        Assert.Equal(9000, Load().HttpPort);
    }

    [Fact]
    public void The_environment_wins_over_the_file_and_flags_over_both()
    {
        WriteFile("""{ "httpPort": 1, "grpcPort": 1, "metricsPort": 1 }""");
        SetVariable("CAMSHAFT__HTTPPORT", "2");
        SetVariable("CAMSHAFT__grpcPort", "2");

        var options = Load(("httpPort", "3"));

        Assert.Equal((3, 2, 1), (options.HttpPort, options.GrpcPort, options.MetricsPort));
    }

    [Fact]
    public void A_list_replaces_the_one_below_it_as_a_whole()
    {
        WriteFile("""{ "models": ["a", "b", "c"] }""");

        Assert.Equal([Below("x")], Load(("models:0", "x")).Models);
    }

    [Fact]
    public void One_value_is_a_list_of_one()
    {
        SetVariable("CAMSHAFT__MODELS", "x");

        Assert.Equal([Below("x")], Load().Models);
    }

    [Fact]
    public void Relative_paths_in_a_file_count_from_the_files_directory()
    {
        var path = _directory.Write("etc/server.json", """{ "models": ["m"], "plugins": "../p" }"""u8);

        var options = ServerConfiguration.Load(_directory.FullPath, path, []);

        Assert.Equal([Below("etc", "m")], options.Models);
        Assert.Equal(Below("p"), options.Plugins);
    }

    [Fact]
    public void Comments_are_allowed_in_the_file_and_names_may_have_any_case()
    {
        WriteFile("""{ /* why */ "HTTPPORT": 9000, "modelControlMode": "explicit", }""");

        Assert.Equal((9000, ModelControlMode.Explicit), (Load().HttpPort, Load().ModelControlMode));
    }

    [Fact]
    public void Options_of_backends_reach_the_engine()
    {
        WriteFile("""{ "backends": { "onnxruntime": { "session.x": "1" } } }""");
        SetVariable("CAMSHAFT__BACKENDS__ONNXRUNTIME__y", "2");

        var backend = Load().ToEngineOptions().Backends["onnxruntime"];

        Assert.Equal(("1", "2"), (backend["session.x"], backend["y"]));
    }

    [Fact]
    public void Null_means_the_default()
    {
        WriteFile("""{ "httpPort": 1, "models": ["a"] }""");
        SetVariable("CAMSHAFT__HOST", "");

        var options = Load(("httpPort", null));

        Assert.Equal((8000, "localhost"), (options.HttpPort, options.Host));
    }

    [Theory]
    [InlineData("""{ "htpPort": 1 }""", "unknown setting 'htpPort'; expected one of models, host, httpPort")]
    [InlineData("""{ "httpPort": { "value": 1 } }""", "'httpPort:value' is not what the setting 'httpPort' looks like; expected a single value")]
    [InlineData("""{ "models": { "a": "b" } }""", "'models:a' is not what the setting 'models' looks like; expected a list of values")]
    [InlineData("""{ "backends": { "onnxruntime": "x" } }""", "expected an object of objects of values")]
    [InlineData("""{ "httpPort": "abc" }""", "'abc' at 'HttpPort' to type 'System.Int32'")]
    [InlineData("""{ "httpPort": 1, "httpPort": 2 }""", "httpPort")]
    [InlineData("""{ "httpPort": 1""", "LineNumber: 0")]
    [InlineData("[]", "camshaft.json: ")]
    public void What_the_file_may_not_say_is_refused_and_the_file_named(string json, string message)
    {
        WriteFile(json);

        var exception = Assert.Throws<ConfigurationException>(() => Load());

        Assert.StartsWith($"{Below(ServerConfiguration.FileName)}: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_variable_that_is_no_setting_is_refused()
    {
        SetVariable("CAMSHAFT__NONSENSE", "1");

        Assert.Contains("unknown setting 'NONSENSE'", Assert.Throws<ConfigurationException>(() => Load()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("httpPort", "-1", "HttpPort")]
    [InlineData("tensorMemoryBytes", "0", "TensorMemoryBytes")]
    [InlineData("logLevel", "77", "LogLevel")]
    public void A_value_out_of_range_is_refused(string key, string value, string name)
    {
        var message = Assert.Throws<ConfigurationException>(() => Load((key, value))).Message;

        Assert.StartsWith("The configuration is not valid.", message, StringComparison.Ordinal);
        Assert.Contains(name, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_option_is_a_setting() =>
        Assert.Equal(
            typeof(ServerOptions).GetProperties().Select(static property => property.Name.ToUpperInvariant()).Order(),
            Settings.All.Keys.Select(static key => key.ToUpperInvariant()).Order());

    private string Below(params string[] parts) => Path.Combine([_directory.FullPath, .. parts]);

    private void WriteFile(string json) => _directory.Write(ServerConfiguration.FileName, Encoding.UTF8.GetBytes(json));

    private void SetVariable(string name, string value)
    {
        _variables.Add(name);
        Environment.SetEnvironmentVariable(name, value);
    }

    private ServerOptions Load(params (string Key, string? Value)[] flags) =>
        ServerConfiguration.Load(_directory.FullPath, filePath: null, flags.Select(static flag => KeyValuePair.Create(flag.Key, flag.Value)));
}
