using Camshaft.Backends;
using Camshaft.Load.Plans;
using Camshaft.Load.Targets;
using Microsoft.ML.OnnxRuntime;

namespace Camshaft.EngineBenchmark.Targets;

/// <summary>ONNX Runtime without the engine: a session for each model, and client threads that run it.</summary>
/// <param name="address">What it is called in reports.</param>
/// <param name="findFile">The file of a model.</param>
/// <param name="createOptions">The sessions' options.</param>
internal sealed class SessionTarget(string address, Func<string, string> findFile, Func<SessionOptions> createOptions) : ITarget
{
    private readonly List<SessionModel> _models = [];

    public string Address => address;

    public bool IsInProcess => true;

    public Task<IReadOnlyList<ITargetModel>> OpenAsync(IReadOnlyList<ModelLoad> models, int seed, CancellationToken cancellationToken)
    {
        foreach (var load in models)
        {
            using var options = createOptions();
            var session = new InferenceSession(findFile(load.Name), options);
            var signature = session.InputMetadata.Select(static input => Describe(input.Key, input.Value)).ToList();
            _models.Add(new SessionModel(session, RequestInputs.Create(load, signature, seed)));
        }

        return Task.FromResult<IReadOnlyList<ITargetModel>>([.. _models]);
    }

    public ValueTask DisposeAsync()
    {
        foreach (var model in _models)
        {
            model.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private static TensorSpec Describe(string name, NodeMetadata input) =>
        new(name, SessionModel.ElementTypes.Single(pair => pair.Value == input.ElementDataType).Key, new Shape([.. input.Dimensions.Select(static length => (long)length)]));
}
