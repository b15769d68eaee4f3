using Camshaft.Backends.OnnxRuntime.Gpu.TensorRt;

namespace Camshaft.Backends.OnnxRuntime.Gpu;

/// <summary>
/// Runs a model on one lane of a GPU: enqueues on the lane's compute stream, and waits for nothing. What a run does on the GPU cannot be
/// ended early. It may go over to TensorRT between two batches: another thread makes the session meanwhile, and ends the one that CUDA
/// had when nothing of it runs any more.
/// </summary>
internal sealed class GpuInstance(GpuModel model, IAcceleratorLane lane) : IModelInstance
{
    private readonly CancellationTokenSource _ended = new();

    // Held while a session is made by another thread than the lane's: its stream stays as long.
    private readonly Lock _making = new();
    private readonly Lock _gate = new();
    private SessionRunner? _cuda;
    private SessionRunner? _tensorRt;
    private BuiltShapes? _shapes;
    private SessionRunner? _retired;
    private bool _isRetiredIdle;
    private bool _isDisposed;

    /// <summary>Makes its session.</summary>
    /// <param name="use">How TensorRT runs the model; null = CUDA does.</param>
    /// <exception cref="BackendException">ONNX Runtime cannot run the model so.</exception>
    public void Open(TensorRtUse? use)
    {
        lock (_making)
        {
            if (use is not null && TryMake(use, CancellationToken.None) is { } runner)
            {
                Take(use, runner);
            }
            else
            {
                _cuda = model.CreateRunner(lane, tensorRt: null, CancellationToken.None);
            }
        }
    }

    /// <summary>Goes over to TensorRT, from the next batch on.</summary>
    /// <exception cref="OperationCanceledException">The model has been given up.</exception>
    public void GoOver(TensorRtUse use, CancellationToken cancellationToken)
    {
        lock (_making)
        {
            if (_isDisposed || _tensorRt is not null || TryMake(use, cancellationToken) is not { } runner)
            {
                return;
            }

            Take(use, runner);
        }
    }

    /// <summary>Ends the session that CUDA had, if nothing of it runs any more.</summary>
    /// <returns>Whether there is none left to end.</returns>
    public bool TryReleaseRetired()
    {
        SessionRunner retired;
        lock (_gate)
        {
            if (_retired is null)
            {
                return true;
            }

            if (!_isRetiredIdle && !model.Driver.IsIdle(lane.Streams.Compute))
            {
                return false;
            }

            (retired, _retired) = (_retired, null);
        }

        retired.Dispose();
        return true;
    }

    public ExecutionState Execute(ModelExecution execution)
    {
        execution.CancellationToken.ThrowIfCancellationRequested();

        // Whoever changes sessions holds it for a moment.
        lock (_gate)
        {
            // The batch before has ended, and with it whatever a session that was given up had to do.
            _isRetiredIdle = true;
            var runner = Choose(execution);
            try
            {
                runner.Binding.Bind(execution, trustSymbols: !model.DistrustsSymbols);
                if (runner.Binding.Count > 0)
                {
                    Run(runner, execution);
                    runner.Binding.CopyOthers(execution, lane.Streams.Compute);
                }

                return ExecutionState.Enqueued;
            }
            finally
            {
                runner.Binding.Clear();
            }
        }
    }

    public void Dispose()
    {
        _ended.Cancel();
        model.Remove(this);
        lock (_making)
        {
            lock (_gate)
            {
                _isDisposed = true;
                _cuda?.Dispose();
                _tensorRt?.Dispose();
                _retired?.Dispose();
                (_cuda, _tensorRt, _retired) = (null, null, null);
            }
        }

        _ended.Dispose();
    }

    private SessionRunner Choose(ModelExecution execution)
    {
        if (_tensorRt is not null && _shapes?.Cover(execution) != false)
        {
            return _tensorRt;
        }

        if (_cuda is null)
        {
            // Built for other shapes. A session of CUDA takes seconds, and is kept; TensorRT would take minutes.
            _cuda = _retired ?? model.CreateRunner(lane, tensorRt: null, CancellationToken.None);
            _retired = null;
        }

        return _cuda;
    }

    private SessionRunner? TryMake(TensorRtUse use, CancellationToken cancellationToken)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ended.Token);
        try
        {
            return model.CreateRunner(lane, use.Plan, cancellation.Token);
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            return null;
        }
        catch (BackendException exception) when (use.HasFallback)
        {
            model.ReportWithoutTensorRt(lane, exception.Message);
            return null;
        }
    }

    private void Take(TensorRtUse use, SessionRunner runner)
    {
        lock (_gate)
        {
            (_tensorRt, _shapes) = (runner, use.Shapes);
            (_retired, _cuda) = (_cuda, null);
            _isRetiredIdle = false;
        }
    }

    private void Run(SessionRunner runner, ModelExecution execution)
    {
        var status = runner.Run();
        if (status == 0)
        {
            return;
        }

        var error = model.Api.TakeError(status);
        if (error.IsOutputShapeMismatch && runner.Binding.TrustedSymbols)
        {
            // As on the processors: the names of the dimensions promised a shape that the graph does not keep.
            runner.Binding.BindOutputs(execution, trustSymbols: false);
            status = runner.Run();
            if (status == 0)
            {
                model.DistrustsSymbols = true;
                return;
            }

            error = model.Api.TakeError(status);
        }

        throw new BackendException(error.RunStatus, $"{model.Subject}: {error.Reason}");
    }
}
