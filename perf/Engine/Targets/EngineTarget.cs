using Camshaft.Engine;
using Camshaft.Engine.Models;
using Camshaft.Engine.Routing;
using Camshaft.Load;
using Camshaft.Load.Plans;
using Camshaft.Load.Targets;
using Camshaft.Load.Targets.InProcess;
using Microsoft.Extensions.Logging.Abstractions;

namespace Camshaft.EngineBenchmark.Targets;

/// <summary>An engine in this process that stays while several plans run on it, and that can be looked into.</summary>
internal sealed class EngineTarget : ITarget
{
    private readonly InferenceEngine _engine;

    private EngineTarget(InferenceEngine engine) => _engine = engine;

    public string Address => $"inproc://{_engine.Options.ModelDirectories[0]}";

    public bool IsInProcess => true;

    public InferenceEngine Engine => _engine;

    /// <summary>Starts an engine; every model of its repository is loaded then.</summary>
    /// <exception cref="LoadException">A model cannot be served.</exception>
    public static async Task<EngineTarget> StartAsync(EngineOptions options)
    {
        var target = new EngineTarget(new InferenceEngine(options, NullLoggerFactory.Instance, TimeProvider.System, []));
        await target._engine.StartAsync(CancellationToken.None).ConfigureAwait(false);
        foreach (var model in target._engine.Models.List())
        {
            if (model.Reason is not null || model.HighestReady is null)
            {
                await target.DisposeAsync().ConfigureAwait(false);
                throw new LoadException($"Model '{model.Name}' cannot be served: {model.Reason ?? string.Join("; ", model.Versions.Select(static version => version.Reason))}");
            }
        }

        return target;
    }

    /// <summary>A model's version that serves.</summary>
    public ModelVersion GetVersion(string model) => _engine.Models.List().Single(entry => entry.Name == model).HighestReady!;

    public Task<IReadOnlyList<ITargetModel>> OpenAsync(IReadOnlyList<ModelLoad> models, int seed, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ITargetModel>>([.. models.Select(load => Open(load, seed))]);

    private InProcessModel Open(ModelLoad load, int seed)
    {
        // An alias is followed by its rules, as a transport would.
        if (!_engine.Router.Table.TryRoute(new AliasRequest(load.Name), out var route))
        {
            route = new Route(load.Name, load.Version ?? ModelRegistry.HighestReady);
        }

        return new InProcessModel(_engine, load, RequestInputs.Create(load, GetVersion(route.ModelName).Signature!.Inputs, seed), route);
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();
}
