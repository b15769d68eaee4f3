using Camshaft.Backends;
using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Orchestration.Residency;
using Camshaft.Engine.Plugins;
using Camshaft.Engine.Repository;
using Camshaft.Engine.Telemetry.Metrics;

namespace Camshaft.Engine.Orchestration;

/// <summary>
/// Finds the backend and the model file for a version: by the backend's name where the configuration has one, else by
/// whose file is there. <c>device: auto</c> takes CUDA where a backend and a device for it are there, else the processors.
/// </summary>
internal sealed class BackendSelector(PluginHost plugins, DevicePlacement placement)
{
    private static readonly DeviceKind[] Preference = [DeviceKind.Cuda, DeviceKind.Cpu];

    /// <summary>Finds them.</summary>
    /// <returns>At least one choice; more where several devices of a kind could run it, the best first.</returns>
    /// <exception cref="BackendException">There is no such backend (<see cref="StatusCode.Unavailable"/>), or no such file or device; or without a device, the model is wrong as the backend sees it.</exception>
    /// <exception cref="DeviceMissingException">Nothing is wrong that could be seen; the machine has no device of the kind that it takes.</exception>
    public IReadOnlyList<BackendChoice> Select(ModelConfiguration configuration, VersionDirectory version)
    {
        var candidates = plugins.Backends
            .Where(backend => configuration.Backend is { } name ? string.Equals(backend.Name, name, StringComparison.Ordinal) : !backend.RunsOnlyWhenNamed)
            .Select(backend => (Backend: backend, File: FindFile(backend, configuration, version)))
            .ToList();
        if (candidates.Count == 0)
        {
            throw Refuse(configuration, [], $"no backend {(configuration.Backend is { } wanted ? $"named '{wanted}' " : "")}is loaded; {DescribePlugins()}");
        }

        var usable = candidates.Where(static candidate => candidate.File is not null).ToList();
        if (usable.Count == 0)
        {
            throw new BackendException(StatusCode.Unavailable, $"'{version.Path}' holds no model file; expected {DescribeFiles(configuration, candidates.Select(static candidate => candidate.Backend))}");
        }

        if (usable.Select(static candidate => candidate.Backend.Name).Distinct(StringComparer.Ordinal).Count() > 1)
        {
            throw new BackendException(
                StatusCode.InvalidArgument,
                $"several backends claim a file in '{version.Path}': {string.Join(", ", usable.Select(static candidate => $"{candidate.Backend.Name} ({Path.GetFileName(candidate.File)})"))}; name one as 'backend' in model.yaml");
        }

        foreach (var kind in Preference)
        {
            if (configuration.Device.Kind is { } wanted && wanted != kind)
            {
                continue;
            }

            var choice = usable.FirstOrDefault(candidate => candidate.Backend.DeviceKinds.Contains(kind));
            var devices = choice.Backend is null
                ? []
                : placement.Rank(kind, configuration.Device.Ordinal, GetModelName(version), configuration.Limits.DeviceShare > 0, LoadEstimate.FromFiles(version));
            if (devices.Count > 0)
            {
                return [.. devices.Select(device => new BackendChoice(choice.Backend!, device, choice.File!))];
            }
        }

        var isInspected = false;
        foreach (var (backend, file) in usable)
        {
            isInspected |= Inspect(backend, file!, configuration, version);
        }

        throw Refuse(
            configuration,
            [.. usable.Select(static candidate => candidate.Backend)],
            $"backend '{usable[0].Backend.Name}' cannot run on '{configuration.Device}'; it can use {string.Join(", ", usable.SelectMany(static candidate => candidate.Backend.DeviceKinds).Distinct().Select(static kind => DeviceName.Of(kind)))}, and the server has {placement.Describe()}{(isInspected ? "; what can be checked of the model without a device is right" : "")}{DescribeUnused(configuration.Backend)}");
    }

    // A fault of the model itself is worth more than the word that a device lacks: it would be the next thing to be found.
    private static bool Inspect(IBackend backend, string file, ModelConfiguration configuration, VersionDirectory version)
    {
        var signature = backend.Inspect(new ModelSource
        {
            ModelName = GetModelName(version),
            Version = version.Number,
            FilePath = file,
            Parameters = configuration.Parameters,
            MaxBatchSize = configuration.Batching.MaxBatchSize,
            ThreadsPerRun = configuration.Limits.Threads,
            ListedInputs = [.. configuration.Inputs.Select(static input => input.Name)],
        });
        return signature is not null && SignatureCheck.Compare(configuration, signature) is { } disagreement
            ? throw new BackendException(StatusCode.InvalidArgument, $"model.yaml disagrees with the model file: {disagreement}")
            : signature is not null;
    }

    private Exception Refuse(ModelConfiguration configuration, IReadOnlyList<IBackend> backends, string message)
    {
        var name = configuration.Backend ?? (backends is [var first, ..] ? first.Name : null);
        return backends.Any(LacksDevice) || plugins.Plugins.Any(IsForMissingGpu) ? new DeviceMissingException(message) : new BackendException(StatusCode.Unavailable, message);

        bool LacksDevice(IBackend backend) => backend.DeviceKinds.Any(kind => (configuration.Device.Kind ?? kind) == kind && IsMissing(kind));

        // It is for hardware that is not here, and what it would run on it has not said.
        bool IsForMissingGpu(PluginInfo plugin) => plugin.State == PluginState.Unavailable && plugin.BackendName is { } own && own == name && IsMissing(configuration.Device.Kind ?? DeviceKind.Cuda);
    }

    private bool IsMissing(DeviceKind kind) => placement.Devices.All(device => device.Kind != kind);

    private static string GetModelName(VersionDirectory version) => Path.GetFileName(Path.GetDirectoryName(version.Path)!);

    private static string? FindFile(IBackend backend, ModelConfiguration configuration, VersionDirectory version)
    {
        IEnumerable<string> names = configuration.FileName is { } fileName ? [fileName] : backend.ModelFileNames;
        return names.Select(name => Path.Combine(version.Path, name)).FirstOrDefault(static path => File.Exists(path) || Directory.Exists(path));
    }

    private static string DescribeFiles(ModelConfiguration configuration, IEnumerable<IBackend> backends) => configuration.FileName is { } fileName
        ? $"'{fileName}', as model.yaml says"
        : string.Join(" or ", backends.SelectMany(static backend => backend.ModelFileNames.Select(name => $"'{name}' ({backend.Name})")).Distinct());

    private string DescribePlugins()
    {
        var loaded = plugins.Backends.Select(static backend => backend.Name).Distinct().ToList();
        return (loaded.Count > 0 ? $"loaded: {string.Join(", ", loaded)}" : "none is loaded") + DescribeUnused(null);
    }

    // Plugins that are known to be of another backend than the one that is asked for say nothing about it.
    private string DescribeUnused(string? backend) => Describe(PluginState.Failed, backend) + Describe(PluginState.Unavailable, backend);

    private string Describe(PluginState state, string? backend)
    {
        var unused = plugins.Plugins.Where(plugin => plugin.State == state && (backend is null || (plugin.BackendName ?? backend) == backend)).Select(static plugin => $"{plugin.Name} ({plugin.Reason})").ToList();
        return unused.Count > 0 ? $"; {state.ToString().ToLowerInvariant()}: {string.Join(", ", unused)}" : "";
    }
}
