using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime.Gpu;

/// <summary>
/// Runs a model on one lane of a GPU: enqueues on the lane's compute stream, and waits for nothing. What a run does on the GPU cannot be
/// ended early.
/// </summary>
internal sealed unsafe class GpuInstance : IModelInstance
{
    private readonly GpuModel _model;
    private readonly IAcceleratorLane _lane;
    private readonly OrtHandle _session;
    private readonly OrtHandle _options;
    private readonly GpuBinding _binding;

    /// <summary>Takes ownership of <paramref name="session"/>.</summary>
    public GpuInstance(GpuModel model, IAcceleratorLane lane, OrtHandle session)
    {
        _model = model;
        _lane = lane;
        _session = session;
        try
        {
            nint options;
            Check(model.Api.CreateRunOptions(&options), nameof(model.Api.CreateRunOptions));
            _options = new OrtHandle(options, model.Api.ReleaseRunOptions, session);

            // What goes wrong in a run is in its status. The log would get a line per bad request on top of it.
            Check(model.Api.RunOptionsSetRunLogSeverityLevel(options, OrtLog.Fatal), nameof(model.Api.RunOptionsSetRunLogSeverityLevel));

            // The engine waits for the lane's streams; a thread that waited here would hold up the lane.
            fixed (byte* key = "disable_synchronize_execution_providers\0"u8, value = "1\0"u8)
            {
                Check(model.Api.AddRunConfigEntry(options, key, value), nameof(model.Api.AddRunConfigEntry));
            }

            _binding = new GpuBinding(model, session);
        }
        catch
        {
            _options?.Dispose();
            model.Release(session);
            throw;
        }
    }

    public ExecutionState Execute(ModelExecution execution)
    {
        execution.CancellationToken.ThrowIfCancellationRequested();
        try
        {
            _binding.Bind(execution, trustSymbols: !_model.DistrustsSymbols);
            if (_binding.Count > 0)
            {
                Run(execution);
                _binding.CopyOthers(execution, _lane.Streams.Compute);
            }

            return ExecutionState.Enqueued;
        }
        finally
        {
            _binding.Clear();
        }
    }

    public void Dispose()
    {
        _binding.Dispose();
        _options.Dispose();
        _model.Release(_session);
    }

    private void Run(ModelExecution execution)
    {
        var status = _model.Api.RunWithBinding(_session.Value, _options.Value, _binding.Value);
        if (status == 0)
        {
            return;
        }

        var error = _model.Api.TakeError(status);
        if (error.IsOutputShapeMismatch && _binding.TrustedSymbols)
        {
            // As on the processors: the names of the dimensions promised a shape that the graph does not keep.
            _binding.BindOutputs(execution, trustSymbols: false);
            status = _model.Api.RunWithBinding(_session.Value, _options.Value, _binding.Value);
            if (status == 0)
            {
                _model.DistrustsSymbols = true;
                return;
            }

            error = _model.Api.TakeError(status);
        }

        throw new BackendException(error.RunStatus, $"{_model.Subject}: {error.Reason}");
    }

    private void Check(nint status, string call) => _model.Api.ThrowIfFailed(status, call, _model.Subject);
}
