namespace Camshaft.GpuBenchmark.Lanes;

/// <summary>The batches that have ended and that nobody has taken note of. The driver's thread adds, one thread takes.</summary>
internal sealed class BatchEnds
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly object _gate = new();
    private readonly Queue<BatchEnd> _ends = [];

    public void Add(BatchEnd end)
    {
        lock (_gate)
        {
            _ends.Enqueue(end);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits for the next end. The thread sleeps meanwhile, as the engine's does.</summary>
    /// <exception cref="Backends.BackendException">The device has failed.</exception>
    /// <exception cref="TimeoutException">None has come in a minute.</exception>
    public BatchEnd Take()
    {
        lock (_gate)
        {
            while (_ends.Count == 0)
            {
                if (!Monitor.Wait(_gate, Patience))
                {
                    throw new TimeoutException($"No batch has ended within {Patience.TotalSeconds} s.");
                }
            }

            var end = _ends.Dequeue();
            return end.Fault is null ? end : throw new Backends.BackendException(Backends.StatusCode.Unavailable, end.Fault);
        }
    }
}
