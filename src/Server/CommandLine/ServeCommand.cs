using System.CommandLine;
using System.Globalization;
using Camshaft.Server.Configuration;

namespace Camshaft.Server.CommandLine;

/// <summary>
/// <c>camshaft serve</c>: its flags, and what they mean as settings. A flag that is not given says nothing, so that the
/// configuration file and the environment hold; the defaults are shown in the descriptions alone.
/// </summary>
internal sealed class ServeCommand : Command
{
    private readonly Option<string> _config = new("--config") { HelpName = "FILE", Description = "The configuration file. [default: camshaft.json in the working directory, if there is one]" };
    private readonly List<(Option Option, Func<ParseResult, IEnumerable<KeyValuePair<string, string?>>> Read)> _flags = [];

    /// <summary>Makes the command.</summary>
    /// <param name="serve">Serves with these options until the server has stopped; returns the exit code.</param>
    public ServeCommand(Func<ServerOptions, CancellationToken, Task<int>> serve)
        : base("serve", "Loads the models of a repository and serves them until it is told to stop.")
    {
        AddList("models", new Option<string[]>("--models", "--model-repository", "--model-store") { HelpName = "DIR", Description = "A directory of models, laid out as DIR/<model>/<version>/<file>; may be repeated. [default: models]" });
        AddValue("host", new Option<string>("--host") { HelpName = "HOST", Description = "The name or address to listen on; '*' is every address. [default: localhost]" });
        AddValue("httpPort", Port("--http-port", "The port of KServe V2 over HTTP; 0 = any free one.", 8000));
        AddValue("grpcPort", Port("--grpc-port", "The port of KServe V2 over gRPC; not in this version.", 8001));
        AddValue("metricsPort", Port("--metrics-port", "The port of the metrics; not in this version.", 8002));
        AddValue("binaryPort", Port("--binary-port", "The port of the binary protocol; not in this version.", 8003));
        AddValue("binarySocket", new Option<string>("--binary-socket") { HelpName = "PATH", Description = "A Unix socket for the binary protocol; not in this version. [default: none]" });
        AddValue("plugins", new Option<string>("--plugins") { HelpName = "DIR", Description = "The directory of the backend plugins. [default: plugins beside the program]" });
        Add(_config);
        AddValue("modelControlMode", OneOf("--model-control-mode", "Who decides what is loaded: none = all models, at start; explicit = what is asked for. [default: none]", "none", "explicit"));
        AddList("loadModels", new Option<string[]>("--load-model") { HelpName = "NAME", Description = "With --model-control-mode explicit, a model to load at start, '*' = all; may be repeated." });
        AddValue("tensorMemoryBytes", new Option<long>("--tensor-memory-bytes") { HelpName = "BYTES", Description = "The memory that the tensors of requests may take together. [default: 1073741824]" });
        AddValue("logLevel", OneOf("--log-level", "From which level on messages are logged. [default: information]", "trace", "debug", "information", "warning", "error", "critical", "none"));
        AddValue("logFormat", OneOf("--log-format", "How messages are logged, to the standard error stream. [default: text]", "text", "json"));
        SetAction((result, cancellationToken) => serve(Load(result), cancellationToken));
    }

    /// <summary>The options of all sources together.</summary>
    /// <exception cref="ConfigurationException">They cannot be served with.</exception>
    private ServerOptions Load(ParseResult result) => ServerConfiguration.Load(
        Environment.CurrentDirectory, result.GetValue(_config), _flags.Where(flag => result.GetResult(flag.Option) is { Implicit: false }).SelectMany(flag => flag.Read(result)));

    private static Option<int> Port(string name, string description, int defaultPort) =>
        new(name) { HelpName = "PORT", Description = $"{description} [default: {defaultPort}]" };

    private static Option<string> OneOf(string name, string description, params string[] values)
    {
        var option = new Option<string>(name) { Description = description };
        option.AcceptOnlyFromAmong(values);
        return option;
    }

    private void AddValue<T>(string setting, Option<T> option)
    {
        Add(option);
        _flags.Add((option, result => [new(setting, Convert.ToString(result.GetValue(option), CultureInfo.InvariantCulture))]));
    }

    private void AddList(string setting, Option<string[]> option)
    {
        Add(option);
        _flags.Add((option, result => result.GetValue(option)!.Select((value, index) => KeyValuePair.Create($"{setting}:{index}", (string?)value))));
    }
}
