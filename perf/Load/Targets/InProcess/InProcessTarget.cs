using Camshaft.Engine;
using Camshaft.Engine.Models;
using Camshaft.Load.Plans;

namespace Camshaft.Load.Targets.InProcess;

/// <summary><c>inproc://DIRECTORY</c>: an engine in this process over a model repository, without any transport. Without a directory: the repositories of the configuration.</summary>
internal sealed class InProcessTarget(string address, TargetOptions options) : ITarget
{
    private InferenceEngine? _engine;

    public string Address => address;

    public bool IsInProcess => true;

    public async Task<IReadOnlyList<ITargetModel>> OpenAsync(IReadOnlyList<ModelLoad> models, int seed, CancellationToken cancellationToken)
    {
        var directory = address[(address.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var directories = directory.Length > 0 ? [Path.GetFullPath(directory)] : options.Engine.ModelDirectories;
        foreach (var missing in directories.Where(static path => !Directory.Exists(path)))
        {
            throw new LoadException($"The model repository '{missing}' does not exist.");
        }

        var engineOptions = options.Engine with
        {
            ModelDirectories = directories,
            ControlMode = ModelControlMode.Explicit,
            LoadModels = [.. models.Select(static model => model.Name).Distinct()],
        };
        _engine = new InferenceEngine(engineOptions, options.LoggerFactory, TimeProvider.System, []);
        await _engine.StartAsync(cancellationToken).ConfigureAwait(false);
        return [.. models.Select(model => new InProcessModel(_engine, model, CreateInputs(_engine, model, seed)))];
    }

    public ValueTask DisposeAsync() => _engine?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static RequestInput[] CreateInputs(InferenceEngine engine, ModelLoad load, int seed)
    {
        var status = engine.Models.TryCreateRequest(load.Name, load.Version ?? ModelRegistry.HighestReady, out var request);
        if (request is null)
        {
            throw new LoadException(status.Message);
        }

        using (request)
        {
            return RequestInputs.Create(load, request.Signature.Inputs, seed);
        }
    }
}
