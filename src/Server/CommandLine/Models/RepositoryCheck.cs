using System.Globalization;
using Camshaft.Backends.Cuda;
using Camshaft.Backends.Cuda.Devices;
using Camshaft.Engine;
using Camshaft.Engine.Models;
using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Repository;
using Camshaft.Engine.Telemetry.Metrics;
using Microsoft.Extensions.Logging.Abstractions;

namespace Camshaft.Server.CommandLine.Models;

/// <summary>
/// Loads a repository's models with an engine of its own, one after the other, as the server would: what it finds is what
/// serving would find. No port is opened.
/// </summary>
internal static class RepositoryCheck
{
    /// <summary>Checks a repository.</summary>
    /// <param name="options">Where the models and the plugins are.</param>
    /// <param name="loadDriver">Loads NVIDIA's driver, or says why it cannot.</param>
    /// <param name="progress">Is told which model is looked at; null = nobody.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="CommandException">A directory cannot be read, or holds no model.</exception>
    public static async Task<IReadOnlyList<CheckFinding>> RunAsync(EngineOptions options, Func<CudaDriver> loadDriver, Action<string>? progress, CancellationToken cancellationToken)
    {
        var repository = new ModelRepository(options.ModelDirectories);
        if (repository.FindFaults() is [var fault, ..])
        {
            throw new CommandException(fault);
        }

        var definitions = repository.Scan();
        if (definitions.Count == 0)
        {
            throw new CommandException($"There is no model in {string.Join(", ", options.ModelDirectories.Select(static directory => $"'{directory}'"))}; expected <model>/<version>/<file>.");
        }

        // A look leaves nothing behind: no prepared models either.
        using var gpus = new CudaDeviceProvider(loadDriver, new CudaOptions(), TimeProvider.System);
        var engine = new InferenceEngine(options with { ControlMode = ModelControlMode.Explicit, LoadModels = [], ModelCacheDirectory = null, ModelMemoryBudgetBytes = long.MaxValue }, NullLoggerFactory.Instance, TimeProvider.System, [gpus]);
        await using (engine.ConfigureAwait(false))
        {
            await engine.StartAsync(cancellationToken).ConfigureAwait(false);
            var findings = new List<CheckFinding>();
            foreach (var (index, definition) in definitions.Index())
            {
                progress?.Invoke($"[{index + 1}/{definitions.Count}] {definition.Name}");
                await engine.Controller.LoadAsync(definition.Name, cancellationToken).ConfigureAwait(false);
                findings.AddRange(Find(definition, engine, cancellationToken));
                await engine.Controller.UnloadAsync(definition.Name, cancellationToken).ConfigureAwait(false);
            }

            return findings;
        }
    }

    private static IEnumerable<CheckFinding> Find(ModelDefinition definition, InferenceEngine engine, CancellationToken cancellationToken)
    {
        var entry = engine.Models.List().Single(entry => entry.Name == definition.Name);
        if (definition.Error is { } error)
        {
            return [new CheckFinding(definition.Name, null, CheckOutcome.Failed, [error, .. definition.Warnings])];
        }

        if (definition.Versions.Count == 0 || entry.Versions.Count == 0)
        {
            return [new CheckFinding(definition.Name, null, CheckOutcome.Failed, [$"no version in '{definition.Directory}' is served; expected a directory with a number as its name", .. definition.Warnings])];
        }

        return definition.Versions
            .Select(directory => entry.Find(directory.Number) switch
            {
                null => new CheckFinding(definition.Name, directory.Number, CheckOutcome.Skipped, [$"the version policy is {Describe(definition.Configuration.VersionPolicy)}"]),
                { LacksDevice: true } version => GpuLessLook.Look(engine, version, directory, cancellationToken),
                var version => Describe(version),
            })
            .Select(finding => finding.Outcome == CheckOutcome.Skipped ? finding : finding with { Notes = [.. finding.Notes, .. definition.Warnings] });
    }

    private static CheckFinding Describe(ModelVersion version) => version.State == ModelState.Ready
        ? new CheckFinding(version.ModelName, version.Number, CheckOutcome.Served, [])
        {
            Backend = version.BackendName,
            Device = DeviceName.Of(version.Device!),
            LoadMilliseconds = Math.Round(version.LoadTime.TotalMilliseconds, 1),
            Inputs = CheckFinding.Describe(version.Signature!.Inputs),
            Outputs = CheckFinding.Describe(version.Signature.Outputs),
        }
        : new CheckFinding(version.ModelName, version.Number, CheckOutcome.Failed, [version.Reason ?? version.State.ToString()]);

    private static string Describe(VersionPolicy policy) => policy switch
    {
        VersionPolicy.Latest latest => string.Create(CultureInfo.InvariantCulture, $"latest: {latest.Count}"),
        VersionPolicy.Specific specific => $"specific: [{string.Join(", ", specific.Versions)}]",
        _ => "all",
    };
}
