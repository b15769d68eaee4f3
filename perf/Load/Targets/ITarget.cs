using Camshaft.Load.Plans;

namespace Camshaft.Load.Targets;

/// <summary>Where a load goes. Opens models; disposed when the last run is over.</summary>
public interface ITarget : IAsyncDisposable
{
    /// <summary>The address as it was given, for reports.</summary>
    string Address { get; }

    /// <summary>Whether what it measures runs in this process, so that this process's CPU time is not the generator's alone.</summary>
    bool IsInProcess { get; }

    /// <summary>Finds models and makes their requests ready.</summary>
    /// <param name="models">The models, as the plan has them.</param>
    /// <param name="seed">Where random data comes from.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>In the order of <paramref name="models"/>.</returns>
    /// <exception cref="LoadException">The target does not answer, does not have a model, or a shape does not fit.</exception>
    Task<IReadOnlyList<ITargetModel>> OpenAsync(IReadOnlyList<ModelLoad> models, int seed, CancellationToken cancellationToken);
}
