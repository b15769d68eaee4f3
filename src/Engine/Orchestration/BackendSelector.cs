using Camshaft.Backends;
using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Orchestration.Residency;
using Camshaft.Engine.Plugins;
using Camshaft.Engine.Repository;

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
    /// <exception cref="BackendException">There is no such backend (<see cref="StatusCode.Unavailable"/>), or no such file or device.</exception>
    public IReadOnlyList<BackendChoice> Select(ModelConfiguration configuration, VersionDirectory version)
    {
        var candidates = plugins.Backends
            .Where(backend => configuration.Backend is { } name ? string.Equals(backend.Name, name, StringComparison.Ordinal) : !backend.RunsOnlyWhenNamed)
            .Select(backend => (Backend: backend, File: FindFile(backend, configuration, version)))
            .ToList();
        if (candidates.Count == 0)
        {
            throw new BackendException(StatusCode.Unavailable, $"no backend {(configuration.Backend is { } wanted ? $"named '{wanted}' " : "")}is loaded; {DescribePlugins()}");
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
                : placement.Rank(kind, configuration.Device.Ordinal, Path.GetFileName(Path.GetDirectoryName(version.Path)!), configuration.Limits.DeviceShare > 0, LoadEstimate.FromFiles(version));
            if (devices.Count > 0)
            {
                return [.. devices.Select(device => new BackendChoice(choice.Backend!, device, choice.File!))];
            }
        }

        throw new BackendException(
            StatusCode.Unavailable,
            $"backend '{usable[0].Backend.Name}' cannot run on '{configuration.Device}'; it can use {string.Join(", ", usable.SelectMany(static candidate => candidate.Backend.DeviceKinds))}, and the server has {placement.Describe()}{DescribeUnused()}");
    }

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
        return (loaded.Count > 0 ? $"loaded: {string.Join(", ", loaded)}" : "none is loaded") + DescribeUnused();
    }

    private string DescribeUnused() => Describe(PluginState.Failed) + Describe(PluginState.Unavailable);

    private string Describe(PluginState state)
    {
        var unused = plugins.Plugins.Where(plugin => plugin.State == state).Select(static plugin => $"{plugin.Name} ({plugin.Reason})").ToList();
        return unused.Count > 0 ? $"; {state.ToString().ToLowerInvariant()}: {string.Join(", ", unused)}" : "";
    }
}
