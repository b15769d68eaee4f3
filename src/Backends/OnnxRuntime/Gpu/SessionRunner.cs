using System.Globalization;
using System.Text;
using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime.Gpu;

/// <summary>
/// Runs a session on its lane's stream, and has runs recorded as CUDA graphs where the model says so: ONNX Runtime records a run the
/// second time that it is given a number, and plays what it recorded from then on. Owns the session. One run at a time.
/// </summary>
internal sealed unsafe class SessionRunner : IDisposable
{
    private readonly GpuModel _model;
    private readonly OrtHandle _session;
    private readonly nint _stream;
    private readonly RecordedShapes? _recorded;

    // By number, from 0 for runs without one: what a run is told does not change, so that no run makes any.
    private readonly OrtHandle?[] _options = new OrtHandle?[RecordedShapes.MostRecordings + 1];

    /// <summary>Takes ownership of <paramref name="session"/>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="session">A session of it.</param>
    /// <param name="stream">The stream that the session enqueues on.</param>
    public SessionRunner(GpuModel model, OrtHandle session, nint stream)
    {
        _model = model;
        _session = session;
        _stream = stream;
        _recorded = model.RecordsGraphs ? new RecordedShapes() : null;
        try
        {
            _options[0] = CreateOptions(RecordedShapes.None);
            Binding = new GpuBinding(model, session);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What the next run reads and writes.</summary>
    public GpuBinding Binding { get; } = null!;

    /// <summary>Runs what is bound.</summary>
    /// <returns>The status, which the caller takes.</returns>
    public nint Run()
    {
        var number = RecordedShapes.None;
        if (_recorded is not null && Binding.IsWhole)
        {
            number = _recorded.Find(Binding.Key, Environment.CurrentManagedThreadId, out var isDue);
            if (isDue)
            {
                return Record(number);
            }
        }

        return RunAsCall(number);
    }

    public void Dispose()
    {
        Binding?.Dispose();
        foreach (var options in _options)
        {
            options?.Dispose();
        }

        _model.Release(_session);
    }

    private nint Record(int number)
    {
        if (_model.Recordings?.TryEnterRecording() != true)
        {
            return RunAsCall(RecordedShapes.None);
        }

        nint status;
        try
        {
            status = Run(number);
            if (status != 0)
            {
                _model.Driver.EndRecording(_stream);
            }
        }
        finally
        {
            _model.Recordings.ExitRecording();
        }

        if (_recorded!.End(isRecorded: status == 0) is > 0 and var replaced)
        {
            ReleaseGraph(replaced);
        }

        if (status == 0)
        {
            return 0;
        }

        // The batch's fault, or that of something in the model that cannot be recorded: a plain run tells.
        var error = _model.Api.TakeError(status);
        status = RunAsCall(RecordedShapes.None);
        if (status == 0)
        {
            _model.ReportUnrecorded(error.Reason);
        }

        return status;
    }

    // Nothing of it runs: the batches before have ended. What ONNX Runtime does not give back, the session does.
    private void ReleaseGraph(int number)
    {
        _model.Recordings?.EnterCall();
        var status = _model.Api.SessionReleaseCapturedGraph(_session.Value, number);
        _model.Recordings?.ExitCall();
        if (status != 0)
        {
            _model.Api.TakeError(status);
        }

        _options[number]?.Dispose();
        _options[number] = null;
    }

    private nint RunAsCall(int number)
    {
        _model.Recordings?.EnterCall();
        try
        {
            return Run(number);
        }
        finally
        {
            _model.Recordings?.ExitCall();
        }
    }

    private nint Run(int number)
    {
        var options = _options[Math.Max(0, number)] ??= CreateOptions(number);
        return _model.Api.RunWithBinding(_session.Value, options.Value, Binding.Value);
    }

    private OrtHandle CreateOptions(int number)
    {
        nint options;
        Check(_model.Api.CreateRunOptions(&options), nameof(_model.Api.CreateRunOptions));
        var owned = new OrtHandle(options, _model.Api.ReleaseRunOptions, _session);
        try
        {
            // What goes wrong in a run is in its status. The log would get a line per bad request on top of it.
            Check(_model.Api.RunOptionsSetRunLogSeverityLevel(options, OrtLog.Fatal), nameof(_model.Api.RunOptionsSetRunLogSeverityLevel));

            // The engine waits for the lane's streams; a thread that waited here would hold up the lane.
            Add(options, "disable_synchronize_execution_providers", "1");
            Add(options, "gpu_graph_id", number.ToString(CultureInfo.InvariantCulture));
            return owned;
        }
        catch
        {
            // It keeps the session, and with it the GPU's memory.
            owned.Dispose();
            throw;
        }
    }

    private void Add(nint options, string key, string value)
    {
        fixed (byte* keyBytes = Encoding.UTF8.GetBytes(key + '\0'), valueBytes = Encoding.UTF8.GetBytes(value + '\0'))
        {
            Check(_model.Api.AddRunConfigEntry(options, keyBytes, valueBytes), nameof(_model.Api.AddRunConfigEntry));
        }
    }

    private void Check(nint status, string call) => _model.Api.ThrowIfFailed(status, call, _model.Subject);
}
