using Camshaft.Engine;
using Camshaft.EngineBenchmark.Models;
using Camshaft.EngineBenchmark.Reporting;
using Camshaft.EngineBenchmark.Targets;

namespace Camshaft.EngineBenchmark;

/// <summary>What the parts share: the options, the progress line, and a directory that holds their repositories and the cache of prepared models.</summary>
internal sealed class Workbench(BenchmarkOptions options, ProgressLine progress) : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("camshaft-engine-");
    private int _repositories;

    public BenchmarkOptions Options => options;

    public ProgressLine Progress => progress;

    /// <summary>The cache of prepared models.</summary>
    public string CacheDirectory => Path.Combine(_directory.FullName, "cache");

    /// <summary>Makes an empty directory.</summary>
    public string CreateDirectory(string name) => _directory.CreateSubdirectory($"{name}-{++_repositories}").FullName;

    /// <summary>Makes an empty repository for models of the real one.</summary>
    public TemporaryRepository CreateRepository(string name) => new(options.Models, CreateDirectory(name));

    /// <summary>Starts an engine that serves a repository with prepared models.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="policy">The scheduling policy's name.</param>
    /// <param name="cacheDirectory">Where to keep what it prepares; null = <see cref="CacheDirectory"/>.</param>
    /// <param name="routingFile">Rules; null = none.</param>
    public Task<EngineTarget> StartEngineAsync(TemporaryRepository repository, string policy = Policies.Deadline, string? cacheDirectory = null, string? routingFile = null)
    {
        var engineOptions = new EngineOptions
        {
            ModelDirectories = [repository.Path],
            PluginDirectory = Path.Combine(AppContext.BaseDirectory, "plugins"),
            SchedulingPolicy = policy,
            RoutingFile = routingFile,
            ModelCacheDirectory = cacheDirectory ?? CacheDirectory,

            // So that queues are what fills up, and not the memory that they share.
            TensorMemoryBudgetBytes = 4L << 30,
        };
        return EngineTarget.StartAsync(engineOptions);
    }

    /// <inheritdoc/>
    public void Dispose() => _directory.Delete(recursive: true);
}
