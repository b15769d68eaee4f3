using System.Text;
using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime;

/// <summary>
/// Runs a session under a cancellation token: owns the run options through which another thread ends a run. One run at a
/// time; ONNX Runtime looks at the options between two operators, so a run ends within the time of one.
/// </summary>
internal sealed unsafe class TerminableRun : IDisposable
{
    private static readonly Action<object?> TerminateCallback = static state => ((TerminableRun)state!).Terminate();

    private readonly OnnxRuntimeModel _model;
    private readonly OrtHandle _options;
    private readonly OrtHandle _session;
    private volatile bool _isTerminated;

    public TerminableRun(OnnxRuntimeModel model, string? arenaShrinkage)
    {
        _model = model;
        nint options;
        Check(model.Api.CreateRunOptions(&options), nameof(model.Api.CreateRunOptions));

        // An instance that outlives its model's disposal keeps the session.
        _options = model.CreateChild(options, model.Api.ReleaseRunOptions, out _session);

        // What goes wrong in a run is in its status. The log would get a line per bad request on top of it.
        Check(model.Api.RunOptionsSetRunLogSeverityLevel(options, OrtLog.Fatal), nameof(model.Api.RunOptionsSetRunLogSeverityLevel));
        if (arenaShrinkage is not null)
        {
            fixed (byte* key = "memory.enable_memory_arena_shrinkage\0"u8, value = Encoding.UTF8.GetBytes(arenaShrinkage + '\0'))
            {
                Check(model.Api.AddRunConfigEntry(options, key, value), nameof(model.Api.AddRunConfigEntry));
            }
        }
    }

    /// <summary>Whether the model runs on another session by now.</summary>
    public bool IsOutdated => _session != _model.Session;

    /// <summary>Runs the session over bound values.</summary>
    /// <returns>The status, which the caller takes; never that of a terminated run.</returns>
    /// <exception cref="OperationCanceledException">The run was ended because the token was set.</exception>
    public nint Run(InputBinding inputs, OutputBinding outputs, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_options.IsClosed, this);
        nint status;

        // Disposing the registration waits for a callback that has begun, so that none touches the options later.
        using (cancellationToken.UnsafeRegister(TerminateCallback, this))
        {
            status = _model.Api.Run(
                _session.Value,
                _options.Value,
                inputs.Names,
                inputs.Values,
                (nuint)inputs.Count,
                outputs.Names,
                (nuint)outputs.Count,
                outputs.Values);
        }

        return _isTerminated ? EndTerminated(status, cancellationToken) : status;
    }

    public void Dispose() => _options.Dispose();

    private nint EndTerminated(nint status, CancellationToken cancellationToken)
    {
        _isTerminated = false;
        Check(_model.Api.RunOptionsUnsetTerminate(_options.Value), nameof(_model.Api.RunOptionsUnsetTerminate));
        if (status == 0)
        {
            return 0; // It was done before it looked.
        }

        // The status of a terminated run has no code of its own, but with the flag set it has no other meaning either.
        _model.Api.TakeError(status);
        throw new OperationCanceledException(cancellationToken);
    }

    private void Terminate()
    {
        _isTerminated = true;
        var status = _model.Api.RunOptionsSetTerminate(_options.Value);
        if (status != 0)
        {
            // The run goes on to its end, as if nobody had asked.
            _model.Api.TakeError(status);
        }
    }

    private void Check(nint status, string call) => _model.Api.ThrowIfFailed(status, call, _model.Subject);
}
