using System.CommandLine;
using System.Text.Json;
using Camshaft.Engine.Plugins;
using Camshaft.Server.Output;
using Microsoft.Extensions.Logging.Abstractions;

namespace Camshaft.Server.CommandLine;

/// <summary><c>camshaft plugins</c>: loads the backend plugins as the server would, and says what became of each.</summary>
internal sealed class PluginsCommand : DocumentedCommand
{
    private readonly LocalOptions _local = new();
    private readonly OutputOption _output = new();

    public PluginsCommand()
        : base("plugins", "Loads the backend plugins as the server would, and lists them; ends with 1 when one cannot be used.", "camshaft plugins", "camshaft plugins --plugins /opt/plugins --output json")
    {
        _local.AddTo(this);
        Add(_output);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var options = _local.Load(result).ToEngineOptions();
        if (!Directory.Exists(options.PluginDirectory))
        {
            throw new CommandException($"The plugin directory '{options.PluginDirectory}' does not exist.");
        }

        await using var host = new PluginHost(options.PluginDirectory, options, Environment.ProcessorCount, NullLoggerFactory.Instance, TimeProvider.System);
        host.Scan();
        var output = result.InvocationConfiguration.Output;
        if (_output.IsJson(result))
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(host.Plugins.Select(Describe), CommandJson.Options)).ConfigureAwait(false);
        }
        else
        {
            WriteTable(output, host.Plugins);
        }

        return host.Plugins.Any(static plugin => plugin.State == PluginState.Failed) ? CamshaftCommand.Failure : CamshaftCommand.Success;
    }

    private static void WriteTable(TextWriter output, IReadOnlyList<PluginInfo> plugins)
    {
        var table = new Table("PLUGIN", "STATE", "VERSION", "BACKEND", "DEVICES", "FILES", "REASON");
        foreach (var plugin in plugins.Select(Describe))
        {
            table.Add(
                plugin.Name,
                plugin.State.ToString().ToLowerInvariant(),
                plugin.Version ?? "-",
                plugin.Backend ?? "-",
                plugin.Devices is null ? "-" : string.Join(", ", plugin.Devices),
                plugin.Files is null ? "-" : string.Join(", ", plugin.Files),
                plugin.Reason?.ReplaceLineEndings(" ") ?? "");
        }

        table.Write(output);
    }

    private static PluginDescription Describe(PluginInfo plugin) => new(
        plugin.Name,
        plugin.State,
        plugin.AssemblyVersion?.ToString(3),
        plugin.Backend?.Name,
        plugin.Backend?.DeviceKinds.Select(static kind => kind.ToString().ToLowerInvariant()).ToList(),
        plugin.Backend?.ModelFileNames,
        plugin.ContractMinor,
        plugin.Folder,
        plugin.Reason);

    private sealed record PluginDescription(
        string Name, PluginState State, string? Version, string? Backend, IReadOnlyList<string>? Devices, IReadOnlyList<string>? Files, int? ContractMinor, string Folder, string? Reason);
}
