using System.Runtime.InteropServices;
using Camshaft.Backends.Cuda;

namespace Camshaft.GpuBenchmark.Lanes;

/// <summary>One thread that asks for the ends of all lanes' batches, over and over, with or without a pause after each round. Disposed before the lanes.</summary>
internal sealed partial class EventPoller : IDisposable
{
    private readonly CudaContext _context;
    private readonly CompletionLane[] _lanes;
    private readonly int _pauseMicroseconds;
    private readonly Thread _thread;
    private volatile bool _isStopping;

    /// <param name="context">The lanes'.</param>
    /// <param name="lanes">Whose batches.</param>
    /// <param name="pauseMicroseconds">How long it sleeps after each round, at least; 0 = it spins.</param>
    public EventPoller(CudaContext context, CompletionLane[] lanes, int pauseMicroseconds)
    {
        _context = context;
        _lanes = lanes;
        _pauseMicroseconds = pauseMicroseconds;
        _thread = new Thread(Run) { IsBackground = true, Name = "event-poller" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isStopping = true;
        _thread.Join();
    }

    private void Run()
    {
        try
        {
            _context.MakeCurrent();
            while (!_isStopping)
            {
                Look();
                Pause();
            }
        }
        catch (CudaException exception)
        {
            foreach (var lane in _lanes.Where(static lane => lane.IsPolled))
            {
                lane.End.OnRunEnded(exception.Message);
            }
        }
    }

    private void Look()
    {
        foreach (var lane in _lanes)
        {
            if (lane.IsPolled && lane.HasRun)
            {
                lane.IsPolled = false;
                lane.End.OnRunEnded(null);
            }
        }
    }

    private void Pause()
    {
        if (_pauseMicroseconds == 0)
        {
            return;
        }

        if (OperatingSystem.IsLinux())
        {
            // .NET sleeps for a millisecond at least.
            _ = Sleep((uint)_pauseMicroseconds);
        }
        else
        {
            Thread.Sleep(0);
        }
    }

    [LibraryImport("libc", EntryPoint = "usleep")]
    private static partial int Sleep(uint microseconds);
}
