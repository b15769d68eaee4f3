using System.Diagnostics;
using Camshaft.Backends;

namespace Camshaft.GpuBenchmark.Lanes;

/// <summary>What a lane is given to tell of the ends of its batches, one batch after another.</summary>
/// <param name="ends">Where they are waited for.</param>
/// <param name="lane">The model's lane; null where a part runs batches without a model.</param>
internal sealed class BatchEnd(BatchEnds ends, ModelLane? lane = null) : ILaneObserver
{
    public ModelLane? Lane => lane;

    /// <summary>What has happened to the device; null = all is well.</summary>
    public string? Fault { get; private set; }

    /// <summary>When the driver called, by <see cref="Stopwatch"/>; before the waiting thread has woken.</summary>
    public long Timestamp { get; private set; }

    /// <inheritdoc/>
    public void OnRunEnded(string? fault)
    {
        Timestamp = Stopwatch.GetTimestamp();
        Fault = fault;
        ends.Add(this);
    }
}
