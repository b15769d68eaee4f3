using Camshaft.Load.Plans;
using Camshaft.Load.Targets;

namespace Camshaft.EngineBenchmark.Targets;

/// <summary>Answers at once, on the thread pool as an engine does: what a run on it costs is the generator's own.</summary>
internal sealed class NullTarget : ITarget, ITargetModel
{
    public string Address => "null://";

    public bool IsInProcess => true;

    public Task<IReadOnlyList<ITargetModel>> OpenAsync(IReadOnlyList<ModelLoad> models, int seed, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ITargetModel>>([.. models.Select(_ => this)]);

    public async ValueTask<SendResult> SendAsync(CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        return SendResult.Ok;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
