using System.Collections.Concurrent;

namespace Camshaft.Backends.OnnxRuntime.Gpu.TensorRt;

/// <summary>The builds of a backend, each on a thread of its own: one at a time on a GPU. Ended with the backend. Any thread.</summary>
internal sealed class TensorRtBuilds(IBackendLog log, TimeProvider timeProvider) : IDisposable
{
    // TensorRT does not end at a word; a server that stops does not wait for ever.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<int, SemaphoreSlim> _turns = new();
    private readonly ConcurrentDictionary<TensorRtBuild, Thread> _running = new();

    /// <summary>Starts building a model that CUDA serves; the model says how far it is.</summary>
    public void Start(GpuModel model, SessionMaker maker, TensorRtPlan plan, IAcceleratorShare share)
    {
        var build = new TensorRtBuild(model, maker, plan, share, _turns.GetOrAdd(share.Ordinal, static _ => new SemaphoreSlim(1)), log, timeProvider, new CancellationTokenSource());

        // Started by a load, whose thread yields to all others: this one does so too. Where threads do not inherit that, it is told.
        var thread = new Thread(() => Run(build)) { IsBackground = true, Name = "camshaft-build", Priority = ThreadPriority.BelowNormal };
        _running[build] = thread;
        model.Build = build;
        thread.Start();
    }

    public void Dispose()
    {
        foreach (var build in _running.Keys)
        {
            build.Cancel();
        }

        foreach (var thread in _running.Values)
        {
            if (!thread.Join(Patience))
            {
                log.Write(BackendLogLevel.Warning, $"TensorRT still builds after {Patience.TotalSeconds} s, and is left to it.");
            }
        }
    }

    private void Run(TensorRtBuild build)
    {
        build.Run();
        _running.TryRemove(build, out _);
    }
}
