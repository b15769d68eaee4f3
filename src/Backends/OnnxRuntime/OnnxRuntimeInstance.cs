using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime;

/// <summary>
/// Runs a model, one batch at a time, on the thread that calls. Everything a run needs is made with the instance, so that a
/// warm run takes nothing from the managed heap.
/// </summary>
/// <remarks>
/// A run in five steps: (1) the inputs become values over the engine's memory; (2) so do the outputs whose shape is known, the
/// others stay open; (3) the session runs, until done or terminated; (4) outputs that ONNX Runtime allocated are handed over;
/// (5) all values that are left are released.
/// </remarks>
internal sealed class OnnxRuntimeInstance : IModelInstance
{
    private readonly OnnxRuntimeModel _model;
    private readonly string? _arenaShrinkage;
    private TerminableRun _run;
    private readonly InputBinding _inputs;
    private readonly OutputBinding _outputs;

    public OnnxRuntimeInstance(OnnxRuntimeModel model, string? arenaShrinkage)
    {
        _model = model;
        _arenaShrinkage = arenaShrinkage;
        _run = new TerminableRun(model, arenaShrinkage);
        _inputs = new InputBinding(model);
        _outputs = new OutputBinding(model);
    }

    /// <inheritdoc/>
    public ExecutionState Execute(ModelExecution execution)
    {
        execution.CancellationToken.ThrowIfCancellationRequested();
        if (_run.IsOutdated)
        {
            TakeNewSession();
        }

        try
        {
            _inputs.Bind(execution); // (1)
            _outputs.Bind(execution, trustSymbols: !_model.DistrustsSymbols); // (2)
            if (_outputs.Count > 0)
            {
                Run(execution); // (3)
                _outputs.HandOver(execution, _inputs); // (4)
            }

            return ExecutionState.Completed;
        }
        finally
        {
            _outputs.Release(); // (5)
            _inputs.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _run.Dispose();

    private void TakeNewSession()
    {
        var old = _run;
        _run = new TerminableRun(_model, _arenaShrinkage);
        old.Dispose();
    }

    private void Run(ModelExecution execution)
    {
        var status = _run.Run(_inputs, _outputs, execution.CancellationToken);
        if (status != 0)
        {
            RunAgainOrThrow(execution, status);
        }
    }

    private void RunAgainOrThrow(ModelExecution execution, nint status)
    {
        var error = _model.Api.TakeError(status);
        if (error.IsOutputShapeMismatch && _outputs.TrustedSymbols)
        {
            // The names of the dimensions promised a shape that the graph does not keep. Nothing is lost: the run stopped at
            // the output, and with no memory bound to it ONNX Runtime allocates what it needs.
            _outputs.Release();
            _outputs.Bind(execution, trustSymbols: false);
            status = _run.Run(_inputs, _outputs, execution.CancellationToken);
            if (status == 0)
            {
                _model.DistrustsSymbols = true;
                return;
            }

            error = _model.Api.TakeError(status);
        }

        throw Failure(error);
    }

    private BackendException Failure(OrtError error) => new(error.RunStatus, $"{_model.Subject}: {error.Reason}");
}
