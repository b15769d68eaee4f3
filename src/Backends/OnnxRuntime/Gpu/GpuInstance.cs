using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime.Gpu;

/// <summary>
/// Runs a model on one lane of a GPU: enqueues on the lane's compute stream, and waits for nothing. What a run does on the GPU cannot be
/// ended early.
/// </summary>
internal sealed class GpuInstance : IModelInstance
{
    private readonly GpuModel _model;
    private readonly IAcceleratorLane _lane;
    private readonly SessionRunner _runner;

    /// <summary>Takes ownership of <paramref name="session"/>.</summary>
    public GpuInstance(GpuModel model, IAcceleratorLane lane, OrtHandle session)
    {
        _model = model;
        _lane = lane;
        _runner = new SessionRunner(model, session, lane.Streams.Compute);
    }

    public ExecutionState Execute(ModelExecution execution)
    {
        execution.CancellationToken.ThrowIfCancellationRequested();
        var binding = _runner.Binding;
        try
        {
            binding.Bind(execution, trustSymbols: !_model.DistrustsSymbols);
            if (binding.Count > 0)
            {
                Run(execution);
                binding.CopyOthers(execution, _lane.Streams.Compute);
            }

            return ExecutionState.Enqueued;
        }
        finally
        {
            binding.Clear();
        }
    }

    public void Dispose() => _runner.Dispose();

    private void Run(ModelExecution execution)
    {
        var status = _runner.Run();
        if (status == 0)
        {
            return;
        }

        var error = _model.Api.TakeError(status);
        if (error.IsOutputShapeMismatch && _runner.Binding.TrustedSymbols)
        {
            // As on the processors: the names of the dimensions promised a shape that the graph does not keep.
            _runner.Binding.BindOutputs(execution, trustSymbols: false);
            status = _runner.Run();
            if (status == 0)
            {
                _model.DistrustsSymbols = true;
                return;
            }

            error = _model.Api.TakeError(status);
        }

        throw new BackendException(error.RunStatus, $"{_model.Subject}: {error.Reason}");
    }
}
