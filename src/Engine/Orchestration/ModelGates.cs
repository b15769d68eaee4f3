using System.Collections.Concurrent;

namespace Camshaft.Engine.Orchestration;

/// <summary>Lets one change to a model happen at a time; different models change side by side. Any thread.</summary>
internal sealed class ModelGates
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _gates = new(StringComparer.Ordinal);

    /// <summary>The models that were ever to be changed.</summary>
    public IEnumerable<string> ModelNames => _gates.Keys;

    /// <summary>Waits for the model's other changes to end. The next one may come when the gate is disposed.</summary>
    /// <param name="modelName">One that is known: each name stays here for ever.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    public async ValueTask<Gate> EnterAsync(string modelName, CancellationToken cancellationToken)
    {
        var gate = _gates.GetOrAdd(modelName, static _ => new SemaphoreSlim(1, 1));
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Gate(gate);
    }

    public readonly struct Gate(SemaphoreSlim semaphore) : IDisposable
    {
        public void Dispose() => semaphore.Release();
    }
}
