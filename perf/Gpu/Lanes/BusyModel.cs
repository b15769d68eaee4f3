using Camshaft.Backends;

namespace Camshaft.GpuBenchmark.Lanes;

/// <summary>A model whose lanes are kept busy by a thread of its own: when a batch ends, the lane's next begins. Disposed by whoever started it.</summary>
internal sealed class BusyModel : IDisposable
{
    private readonly BatchEnds _ends = new();
    private readonly List<ModelLane> _lanes = [];
    private readonly Thread _thread;
    private Exception? _failure;
    private long _batchCount;
    private volatile bool _isStopping;

    /// <param name="workbench">Where host memory comes from.</param>
    /// <param name="model">The model.</param>
    /// <param name="workload">The batch.</param>
    /// <param name="firstLane">The number of its first lane.</param>
    /// <param name="laneCount">How many it has.</param>
    public BusyModel(Workbench workbench, GpuModel model, Workload workload, int firstLane, int laneCount)
    {
        try
        {
            for (var index = firstLane; index < firstLane + laneCount; index++)
            {
                _lanes.Add(new ModelLane(workbench, model, index, workload, _ends));
            }
        }
        catch
        {
            _lanes.ForEach(static lane => lane.Dispose());
            throw;
        }

        _thread = new Thread(Run) { IsBackground = true, Name = $"busy-{workload.Sample}" };
        _thread.Start();
    }

    /// <summary>How many batches have ended.</summary>
    /// <exception cref="BackendException">They come no more: the device has refused or failed.</exception>
    public long BatchCount => Volatile.Read(ref _failure) is { } failure
        ? throw new BackendException(StatusCode.Unavailable, failure.Message, failure)
        : Interlocked.Read(ref _batchCount);

    /// <summary>Ends the batches under way.</summary>
    public void Dispose()
    {
        _isStopping = true;
        _thread.Join();
        _lanes.ForEach(static lane => lane.Dispose());
    }

    private void Run()
    {
        try
        {
            _lanes.ForEach(static lane => lane.Begin());
            for (var busy = _lanes.Count; busy > 0;)
            {
                var lane = _ends.Take().Lane!;
                Interlocked.Increment(ref _batchCount);
                if (_isStopping)
                {
                    busy--;
                }
                else
                {
                    lane.Begin();
                }
            }
        }
        catch (Exception exception) when (exception is BackendException or TimeoutException)
        {
            Volatile.Write(ref _failure, exception);
        }
    }
}
