using Camshaft.Engine.Models;
using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Repository;
using Camshaft.Engine.Routing;
using Camshaft.Engine.Tests.Repository;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Camshaft.Engine.Tests.Routing;

/// <summary>A router over real files: models that are on standby, so that they take requests, and a <c>camshaft.json</c>.</summary>
internal sealed class RouterHarness : IDisposable
{
    private readonly RepositoryDirectory _directory = new();
    private readonly ModelRegistry _registry = new();
    private readonly string _file;

    public RouterHarness(params ReadOnlySpan<string> models)
    {
        foreach (var model in models)
        {
            AddModel(model, 1);
        }

        _file = Path.Combine(_directory.Root, ".camshaft.json");
        Router = CreateRouter();
    }

    public FakeTimeProvider Time { get; } = new();

    public Router Router { get; private set; }

    /// <summary>Where aliases that calls set are kept.</summary>
    public string AliasFile => Path.Combine(_directory.Root, ".aliases", "aliases.json");

    public RouterHarness AddModel(string name, params ReadOnlySpan<long> versions)
    {
        foreach (var version in versions)
        {
            _directory.Version(name, version.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        _registry.GetOrAdd(name).Set(versions.ToArray().Select(version => Create(name, version)), null);
        return this;
    }

    /// <summary>Adds a version to the disk alone: no request can go there.</summary>
    public RouterHarness AddVersionThatIsNotReady(string name, long version)
    {
        _directory.Version(name, version.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return this;
    }

    public RouterHarness Yaml(string model, string text)
    {
        _directory.File($"{model}/model.yaml", text);
        return this;
    }

    /// <summary>Writes the section <c>routing</c> of camshaft.json.</summary>
    public RouterHarness Rules(string routing) => File($$"""{ "routing": {{routing}} }""");

    public RouterHarness File(string text)
    {
        System.IO.File.WriteAllText(_file, text);
        return this;
    }

    public RouterHarness Start()
    {
        Router.Start();
        Router.StartWatching();
        return this;
    }

    /// <summary>Starts a new server over the same files.</summary>
    public void Restart()
    {
        Router.Dispose();
        Router = CreateRouter();
        Start();
    }

    /// <summary>Makes a table of what the files say, which must be possible.</summary>
    public RouteTable Load()
    {
        var status = Router.Reload();
        Assert.True(status.IsOk, status.Message);
        return Router.Table;
    }

    /// <summary>Makes no table of what the files say, and says why not.</summary>
    public string Refuse()
    {
        var before = Router.Table;
        var status = Router.Reload();
        Assert.False(status.IsOk);
        Assert.Same(before, Router.Table);
        return status.Message!;
    }

    public string? Route(TestRequest request) => Router.Table.TryRoute(request, out var route) ? route.ToString() : null;

    public void Dispose()
    {
        Router.Dispose();
        _directory.Dispose();
    }

    private Router CreateRouter() => new(
        new EngineOptions { ModelDirectories = [_directory.Root], RoutingFile = _file, AliasFile = AliasFile },
        new ModelRepository([_directory.Root]),
        _registry,
        Time,
        NullLogger.Instance);

    private ModelVersion Create(string name, long number)
    {
        var version = new ModelVersion(name, number, ModelConfiguration.Default, Time, NullLogger.Instance);
        version.BeginStandby("for the test");
        return version;
    }
}
