using System.Runtime.InteropServices;
using Camshaft.Backends.Cuda;

namespace Camshaft.GpuBenchmark.Lanes;

/// <summary>
/// A lane's batch by bare calls, as the engine's lanes enqueue it: a small copy in, the empty kernel, a copy out, each on its stream; at the end
/// either a call of the host or an event that is asked for. Disposed when no batch runs.
/// </summary>
internal sealed unsafe class CompletionLane : IDisposable
{
    private readonly CudaStream[] _streams;
    private readonly EmptyKernel _kernel;
    private readonly HostBlock _host;
    private readonly nint _device;
    private readonly CudaEvent _copiedIn;
    private readonly CudaEvent _computed;
    private readonly CudaEvent _ended;
    private readonly GCHandle _self;

    /// <param name="workbench">Where host memory comes from.</param>
    /// <param name="streams">For copies in, for kernels, for copies out; the caller's, who disposes them later. Two lanes share them.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="device">Device memory for as many bytes as are copied; the caller's.</param>
    /// <param name="byteSize">How many bytes are copied each way.</param>
    /// <param name="ends">Where the ends are told.</param>
    public CompletionLane(Workbench workbench, CudaStream[] streams, EmptyKernel kernel, nint device, long byteSize, BatchEnds ends)
    {
        _streams = streams;
        _kernel = kernel;
        _device = device;
        _host = workbench.Pin(byteSize);
        try
        {
            _copiedIn = CudaEvent.Create(workbench.Context, keepsTime: false);
            _computed = CudaEvent.Create(workbench.Context, keepsTime: false);
            _ended = CudaEvent.Create(workbench.Context, keepsTime: false);
        }
        catch
        {
            Release();
            throw;
        }

        End = new BatchEnd(ends);
        _self = GCHandle.Alloc(this);
    }

    /// <summary>What tells of its batches' ends.</summary>
    public BatchEnd End { get; }

    /// <summary>When the batch under way was begun, by <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    public long Start { get; set; }

    /// <summary>Whether a batch is under way that the polling thread asks for. Set by who begins it, cleared by who has found its end.</summary>
    public bool IsPolled
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }

    /// <summary>Whether the batch under way has run.</summary>
    public bool HasRun => _ended.HasRun;

    /// <summary>Enqueues a batch. The context is current.</summary>
    /// <param name="isCalled">Whether the driver calls at its end; else an event marks it.</param>
    public void Begin(bool isCalled)
    {
        var (copyIn, compute, copyOut) = (_streams[0], _streams[1], _streams[2]);
        copyIn.CopyIn(_device, _host.Address, _host.ByteSize);
        _copiedIn.Record(copyIn);
        compute.WaitFor(_copiedIn);
        _kernel.Launch(compute.Value);
        _computed.Record(compute);
        copyOut.WaitFor(_computed);
        copyOut.CopyOut(_host.Address, _device, _host.ByteSize);
        if (isCalled)
        {
            copyOut.Call(&OnReached, GCHandle.ToIntPtr(_self));
        }
        else
        {
            _ended.Record(copyOut);
            IsPolled = true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        _self.Free();
    }

    // The handle lives until the lane is disposed, which is after its last batch.
    [UnmanagedCallersOnly]
    private static void OnReached(nint self) => ((CompletionLane)GCHandle.FromIntPtr(self).Target!).End.OnRunEnded(null);

    private void Release()
    {
        _copiedIn?.Dispose();
        _computed?.Dispose();
        _ended?.Dispose();
        _host.Dispose();
    }
}
