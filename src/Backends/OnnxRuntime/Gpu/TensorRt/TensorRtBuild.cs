using System.Globalization;

namespace Camshaft.Backends.OnnxRuntime.Gpu.TensorRt;

/// <summary>
/// Builds a model for TensorRT while CUDA serves it, and then has its lanes go over: (1) waits for its turn on the GPU, (2) makes a session
/// on a stream of its own, by which TensorRT builds and keeps everything, (3) notes that, (4) has the model use it. On a thread of its own.
/// </summary>
/// <param name="model">The model, as CUDA serves it.</param>
/// <param name="maker">Makes sessions of it.</param>
/// <param name="plan">What is built, and where it is kept.</param>
/// <param name="share">The model's part of the GPU.</param>
/// <param name="turn">One build at a time on the GPU.</param>
/// <param name="log">Where messages go.</param>
/// <param name="timeProvider">The clock of what is told.</param>
/// <param name="cancellation">Ends it; never disposed, since whoever gives a model up does not know whether its build still runs.</param>
internal sealed class TensorRtBuild(
    GpuModel model, SessionMaker maker, TensorRtPlan plan, IAcceleratorShare share, SemaphoreSlim turn, IBackendLog log, TimeProvider timeProvider, CancellationTokenSource cancellation)
{
    private static readonly TimeSpan ReportPeriod = TimeSpan.FromSeconds(30);

    private readonly RecordingGate? _recordings = share.Accelerator.Recordings;
    private readonly string _device = share.Accelerator.Name;
    private volatile string? _note = "TensorRT waits for its turn to build; CUDA serves";
    private long _started;
    private volatile bool _isBuilding;

    /// <summary>Where it stands, for people; null = TensorRT serves, and there is nothing to say.</summary>
    public string? Note => _isBuilding ? Describe() : _note;

    /// <summary>Gives it up: it ends by itself, when TensorRT comes to a point where it looks. Any thread.</summary>
    public void Cancel() => cancellation.Cancel();

    /// <summary>Builds. Throws nothing.</summary>
    public void Run()
    {
        var library = maker.Environment.HostMemory;
        var isKept = false;
        try
        {
            // The model, and its backend, may go meanwhile.
            library.DangerousAddRef(ref isKept);
            Build();
            model.Use(plan, cancellation.Token);
            _note = null;
            Write(BackendLogLevel.Information, "TensorRT serves it.");
        }
        catch (Exception exception) when (cancellation.IsCancellationRequested)
        {
            _note = "TensorRT was not built: the model has been given up";
            Write(BackendLogLevel.Information, $"TensorRT's build was given up: {exception.Message}");
        }
        catch (Exception exception)
        {
            // Whatever it is, CUDA serves the model as before.
            var reason = exception.Message.StartsWith($"{model.Subject}: ", StringComparison.Ordinal) ? exception.Message[(model.Subject.Length + 2)..] : exception.Message;
            _note = $"TensorRT could not be built, and CUDA serves: {reason}";
            Write(BackendLogLevel.Warning, _note);
        }
        finally
        {
            if (isKept)
            {
                library.DangerousRelease();
            }
        }
    }

    private void Build()
    {
        turn.Wait(cancellation.Token);
        try
        {
            _started = timeProvider.GetTimestamp();
            _isBuilding = true;
            Write(BackendLogLevel.Information, $"TensorRT begins to build on '{_device}', which can take minutes; CUDA serves.");
            using var reports = timeProvider.CreateTimer(static self => ((TensorRtBuild)self!).Report(), this, ReportPeriod, ReportPeriod);
            using (new LongCall(_recordings))
            {
                maker.Create(stream: 0, plan, cancellation.Token).Dispose();
            }

            cancellation.Token.ThrowIfCancellationRequested();
            plan.Engines!.MarkComplete(plan.Profile!);
            _note = "TensorRT has been built; lanes go over to it";
            Write(BackendLogLevel.Information, string.Create(CultureInfo.InvariantCulture, $"TensorRT has built {plan.Engines.EngineCount} engines in {Elapsed.TotalSeconds:F0} s; lanes go over to it between two batches."));
        }
        finally
        {
            _isBuilding = false;
            turn.Release();
        }
    }

    private TimeSpan Elapsed => timeProvider.GetElapsedTime(_started);

    private void Report()
    {
        if (_isBuilding)
        {
            Write(BackendLogLevel.Information, $"{Describe()}.");
        }
    }

    private string Describe() => string.Create(CultureInfo.InvariantCulture, $"TensorRT is building: {Elapsed.TotalSeconds:F0} s, {plan.Engines!.EngineCount} engines so far; CUDA serves");

    private void Write(BackendLogLevel level, string message) => log.Write(level, $"{model.Subject}: {message}");
}
