using System.Globalization;
using System.Reflection;
using Camshaft.Engine;
using Camshaft.Engine.Models;
using Camshaft.Engine.Plugins;
using Camshaft.Engine.Telemetry.Metrics;
using Camshaft.Server.Configuration;
using Camshaft.Server.Output;

namespace Camshaft.Server.Startup;

/// <summary>What a person sees once the initial loads have ended: models, plugins and ports.</summary>
internal static class StartupBanner
{
    private const string Absent = "not in this version";

    /// <summary>The program's version.</summary>
    public static string Version { get; } = typeof(StartupBanner).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Writes it.</summary>
    public static void Write(TextWriter output, InferenceEngine engine, ServerOptions options, IEnumerable<string> httpAddresses, IReadOnlyList<string> metricsAddresses, IReadOnlyList<string> binaryAddresses)
    {
        output.WriteLine($"Camshaft {Version}");
        output.WriteLine();
        WriteModels(output, engine.Models.List(), options);
        output.WriteLine();
        WritePlugins(output, engine.Plugins.Plugins, engine.Options.PluginDirectory);
        output.WriteLine();
        var http = httpAddresses.ToList();
        var ports = new Table("TRANSPORT", "ADDRESS");
        ports.Add("http", string.Join(" ", http));
        ports.Add("grpc", Absent);
        ports.Add("metrics", Join(metricsAddresses));
        ports.Add("binary", Join(binaryAddresses));
        ports.Add("console", options.Console && http is [var address, ..] ? $"{address}/console" : "none");
        ports.Write(output);
        output.Flush();
    }

    private static string Join(IReadOnlyList<string> addresses) => addresses.Count > 0 ? string.Join(" ", addresses) : "none";

    private static void WriteModels(TextWriter output, IReadOnlyList<ModelEntry> models, ServerOptions options)
    {
        if (models.Count == 0)
        {
            var directories = string.Join(", ", options.Models.Select(static directory => $"'{directory}'"));
            output.WriteLine(options.ModelControlMode == ModelControlMode.Explicit ? "No model is loaded; load some by request." : $"No models in {directories}.");
            return;
        }

        var table = new Table("MODEL", "VERSION", "STATE", "BACKEND", "DEVICE", "LOAD", "REASON");
        foreach (var model in models)
        {
            if (model.Reason is not null || model.Versions.Count == 0)
            {
                table.Add(model.Name, "-", "failed", "-", "-", "-", OneLine(model.Reason ?? "it has no version"));
            }

            foreach (var version in model.Versions)
            {
                var isLoaded = version.BackendName is not null;
                table.Add(
                    model.Name,
                    version.Number.ToString(CultureInfo.InvariantCulture),
                    version.State.ToString().ToLowerInvariant(),
                    version.BackendName ?? "-",
                    version.Device is { } device ? DeviceName.Of(device) : "-",
                    isLoaded ? string.Create(CultureInfo.InvariantCulture, $"{version.LoadTime.TotalMilliseconds:F0} ms") : "-",
                    OneLine(version.Reason ?? ""));
            }
        }

        table.Write(output);
    }

    private static void WritePlugins(TextWriter output, IReadOnlyList<PluginInfo> plugins, string directory)
    {
        if (plugins.Count == 0)
        {
            output.WriteLine($"No plugins in '{directory}'.");
            return;
        }

        var table = new Table("PLUGIN", "STATE", "BACKEND", "REASON");
        foreach (var plugin in plugins)
        {
            table.Add(plugin.Name, plugin.State.ToString().ToLowerInvariant(), plugin.Backend?.Name ?? "-", OneLine(plugin.Reason ?? ""));
        }

        table.Write(output);
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
