using Camshaft.Backends;

namespace Camshaft.GpuBenchmark.Lanes;

/// <summary>A sample on one lane with host memory of its own; runs the same batch again and again, one at a time. One thread; disposed when no batch runs.</summary>
internal sealed class ModelLane : IDisposable
{
    private readonly IAcceleratorLane _lane;
    private readonly IModelInstance _instance;
    private readonly List<HostBlock> _inputs = [];
    private readonly HostBlock _output;
    private readonly LaneExecution _execution;
    private readonly BatchEnd _end;

    /// <param name="workbench">Where host memory comes from.</param>
    /// <param name="model">The model.</param>
    /// <param name="index">The lane's number, from 1: lane 0 is for warm-ups.</param>
    /// <param name="workload">The batch.</param>
    /// <param name="ends">Where the ends of batches are told.</param>
    public ModelLane(Workbench workbench, GpuModel model, int index, Workload workload, BatchEnds ends)
    {
        _lane = (IAcceleratorLane)model.Share.CreateLane(index);
        try
        {
            _instance = model.Model.CreateInstance(_lane);
            for (var input = 0; input < workload.InputShapes.Count; input++)
            {
                _inputs.Add(workbench.Pin((long)workload.GetInputCount(input) * sizeof(float), seed: input));
            }

            _output = workbench.Pin((long)workload.OutputCount * sizeof(float));
        }
        catch
        {
            Release();
            throw;
        }

        _execution = new LaneExecution(_lane, workload, [.. _inputs], _output);
        _end = new BatchEnd(ends, this);
    }

    /// <summary>The inputs' numbers, to be read between batches.</summary>
    public IReadOnlyList<float[]> Inputs => [.. _inputs.Select(static input => input.Numbers.ToArray())];

    /// <summary>The output of the last batch that has ended. Between batches it may be written over.</summary>
    public Span<float> Output => _output.Numbers;

    /// <summary>How long the device computed for it.</summary>
    public TimeSpan ComputeTime => _lane.ComputeTime;

    /// <summary>Enqueues a batch, as the engine does.</summary>
    public void Begin()
    {
        _lane.Begin();
        _execution.CopyIn();
        _lane.BeginCompute();
        _instance.Execute(_execution);
        _lane.EndCompute();
        _execution.CopyOut();
        _lane.End(_end);
    }

    /// <inheritdoc/>
    public void Dispose() => Release();

    private void Release()
    {
        _instance?.Dispose();
        _lane.Dispose();
        _output?.Dispose();
        _inputs.ForEach(static input => input.Dispose());
    }
}
