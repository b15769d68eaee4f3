using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests.Gpu.TensorRt;

/// <summary>A lane as the engine uses it: a batch has ended before the next one begins, and the instance goes before the lane.</summary>
internal sealed class BusyLane : IDisposable
{
    private readonly ILoadedModel _model;
    private readonly IModelInstance _instance;
    private TestExecution? _batch;
    private int _thread;

    public BusyLane(HostAccelerator share, ILoadedModel model, int index)
    {
        _model = model;
        Native = share.CreateLane(index);
        _instance = model.CreateInstance(Native);
    }

    public ILane Native { get; }

    public bool RanTensorRt => SessionWatch.LastRuns[_thread];

    public float[] Run(params float[] values)
    {
        Begin(values);
        return End();
    }

    public void Begin(params float[] values)
    {
        HostAccelerator.BusyStreams[Native.Streams.Compute] = 1;
        _thread = Environment.CurrentManagedThreadId;
        _batch = new TestExecution(_model.Signature, [TestTensor.Of([values.Length], values)]);
        _instance.Execute(_batch);
    }

    public float[] End(bool staysBusy = false)
    {
        var answer = _batch!.ReadOutput("y").Values<float>().ToArray();
        _batch.Dispose();
        _batch = null;
        SessionWatch.EndBatch(_thread);
        if (!staysBusy)
        {
            HostAccelerator.BusyStreams.TryRemove(Native.Streams.Compute, out _);
        }

        return answer;
    }

    public void Dispose()
    {
        _batch?.Dispose();
        _instance.Dispose();
        Native.Dispose();
    }
}
