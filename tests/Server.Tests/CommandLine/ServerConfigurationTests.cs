using System.Text;
using Camshaft.Engine.Models;
using Camshaft.Server.Configuration;
using Camshaft.Server.Startup;
using Camshaft.Testing;
using Camshaft.Transport.Hosting.Access;

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
    public void The_routing_section_is_the_engines_to_read()
    {
        WriteFile("""{ "httpPort": 9000, "Routing": { "aliases": { "a": "m" }, "rules": [] } }""");

        var options = Load().ToEngineOptions();

        Assert.Equal(Below("camshaft.json"), options.RoutingFile);
        Assert.Null(options.AliasFile);
    }

    [Fact]
    public void A_routing_section_that_does_not_read_is_refused()
    {
        WriteFile("""{ "routing": { "ruls": [] } }""");

        Assert.Contains("ruls", Assert.Throws<ConfigurationException>(() => Load()).Message, StringComparison.Ordinal);
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
    public void Limits_of_the_binary_protocol_reach_its_transport()
    {
        WriteFile("""{ "limits": { "connectionBytes": 2048, "standbyBytes": 4096 } }""");

        var options = BinaryPort.ToTransportOptions(Load());

        Assert.Equal((2048, 4096), (options.WindowByteSize, options.StandbyByteSize));
    }

    [Fact]
    public void The_model_cache_is_a_path_or_off()
    {
        WriteFile("""{ "modelCache": "cache" }""");

        Assert.Equal(Below("cache"), Load().ToEngineOptions().ModelCacheDirectory);
        Assert.Null(Load(("modelCache", "off")).ToEngineOptions().ModelCacheDirectory);
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
    [InlineData("""{ "backends": { "onnxruntime": "x" } }""", "is a section, not a setting; expected settings such as 'backends.<backend>.<option>' in it")]
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
    public void A_value_out_of_range_is_refused(string key, string value, string name)
    {
        var message = Assert.Throws<ConfigurationException>(() => Load((key, value))).Message;

        Assert.StartsWith("The configuration is not valid.", message, StringComparison.Ordinal);
        Assert.Contains(name, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sections_nest_and_a_value_deep_in_one_can_come_from_the_environment()
    {
        WriteFile("""{ "limits": { "connections": 5, "jsonDepth": 20 }, "access": { "keys": { "ops": { "keyFile": "ops.key", "rights": ["manage", "observe"] } } }, "tls": {} }""");
        SetVariable("CAMSHAFT__LIMITS__JSONDEPTH", "30");
        SetVariable("CAMSHAFT__ACCESS__KEYS__OPS__REQUESTSPERSECOND", "7");

        var options = Load();

        Assert.Equal((5, 30), (options.Limits.Connections, options.Limits.JsonDepth));
        var key = Assert.Single(options.Access.Keys).Value;
        Assert.Equal((Below("ops.key"), 7), (key.KeyFile, key.RequestsPerSecond));
        Assert.Equal([AccessRights.Manage, AccessRights.Observe], key.Rights);
        Assert.Null(options.Tls.Certificate);
    }

    [Theory]
    [InlineData("""{ "limits": { "conections": 5 } }""", "unknown setting 'limits:conections'; expected one of connections, requestsPerConnection")]
    [InlineData("""{ "limits": 5 }""", "'limits' is a section, not a setting; expected settings such as 'limits.connections' in it")]
    [InlineData("""{ "access": { "keys": { "a": { "right": ["infer"] } } } }""", "unknown setting 'access:keys:a:right:0'; expected one of key, keyFile, keySha256, rights")]
    [InlineData("""{ "access": { "keys": { "a": { "rights": ["fly"] } } } }""", "'access:keys:a:rights:0' is 'fly'; expected one of none, infer, observe, manage")]
    [InlineData("""{ "modelControlMode": "poll" }""", "'modelControlMode' is 'poll'; expected one of none, explicit")]
    public void A_wrong_name_in_a_section_is_refused_with_the_names_there_are(string json, string message)
    {
        WriteFile(json);

        Assert.Contains(message, Assert.Throws<ConfigurationException>(() => Load()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("limits:connections", "0", "Connections")]
    [InlineData("limits:jsonDepth", "1001", "JsonDepth")]
    public void A_value_out_of_range_in_a_section_is_refused(string key, string value, string name) =>
        Assert.Contains(name, Assert.Throws<ConfigurationException>(() => Load((key, value))).Message, StringComparison.Ordinal);

    [Fact]
    public void The_documentation_lists_the_settings_as_they_are()
    {
        var document = File.ReadAllText(Path.Combine(TestData.RepositoryRoot, "docs", "configuration.md"));

        Assert.Contains(SettingsReference.Write(), document, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_setting_says_what_it_is() => Assert.All(Settings.All, static setting =>
    {
        Assert.NotEmpty(setting.About.Description);
        Assert.False(setting.About.Description.EndsWith('.'), setting.Name);
        Assert.NotEmpty(setting.Default);
    });

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
