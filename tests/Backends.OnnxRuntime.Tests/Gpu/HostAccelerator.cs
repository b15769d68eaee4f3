using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Camshaft.Testing;

namespace Camshaft.Backends.OnnxRuntime.Tests.Gpu;

/// <summary>
/// The host's memory as if it were a GPU's: what is enqueued is done at once. Lanes have streams as on a GPU, two lanes each; a copy inside
/// the memory is noted with its stream. Tests that use it do not run beside each other.
/// </summary>
internal sealed unsafe class HostAccelerator : IAccelerator, IAcceleratorShare
{
    private const nint Graph = 0x600;

    private static readonly List<nint> Streams = [];
    private readonly TestDevice _device = new();

    private static int _destroyedGraphs;
    private bool _lanesAreSeparate;
    private int _laneCount;

    public HostAccelerator()
    {
        Streams.Clear();
        BusyStreams.Clear();
        (CapturingStream, _destroyedGraphs) = (0, 0);
    }

    public event Action? Failed
    {
        add { }
        remove { }
    }

    public DeviceKind Kind => DeviceKind.Cuda;

    public int Ordinal => 0;

    public string Name => "host";

    public IMemorySource MemorySource => _device;

    public nint Context => 0;

    public long MemoryByteSize => long.MaxValue;

    public long BudgetByteSize => long.MaxValue;

    public long AvailableByteSize => long.MaxValue;

    public long UsedByteSize => 0;

    public long PeakByteSize => 0;

    public string? Fault => null;

    public IAccelerator Accelerator => this;

    public double ProcessorShare { get; init; }

    public bool IsConfined => ProcessorShare > 0;

    public AcceleratorTerms Terms { get; init; } = new("m");

    public long ForeignByteSize { get; set; }

    public RecordingGate Recordings { get; } = new();

    /// <summary>The streams on which something runs.</summary>
    public static ConcurrentDictionary<nint, int> BusyStreams { get; } = new();

    /// <summary>The stream that records; 0 = none.</summary>
    public static nint CapturingStream { get; set; }

    /// <summary>The compute stream of the lane that was made last.</summary>
    public static nint LastStream { get; private set; }

    /// <summary>How many graphs were destroyed of recordings that went wrong.</summary>
    public static int DestroyedGraphs => _destroyedGraphs;

    /// <summary>The streams on which copies inside the memory were enqueued.</summary>
    public IReadOnlyList<nint> CopyStreams => Streams;

    /// <summary>How many lanes are not disposed.</summary>
    public int LaneCount => _laneCount;

    public nint FindFunction(string name, int version) => name switch
    {
        "cuMemcpyDtoDAsync" => (nint)(delegate* unmanaged<nint, nint, nuint, nint, int>)&Copy,
        "cuStreamIsCapturing" => (nint)(delegate* unmanaged<nint, int*, int>)&IsCapturing,
        "cuStreamEndCapture" => (nint)(delegate* unmanaged<nint, nint*, int>)&EndCapture,
        "cuGraphDestroy" => (nint)(delegate* unmanaged<nint, int>)&DestroyGraph,
        "cuCtxSetCurrent" => (nint)(delegate* unmanaged<nint, int>)&SetCurrent,
        "cuThreadExchangeStreamCaptureMode" => (nint)(delegate* unmanaged<int*, int>)&ExchangeCaptureMode,
        "cuStreamQuery" => (nint)(delegate* unmanaged<nint, int>)&Query,
        "cuDriverGetVersion" => (nint)(delegate* unmanaged<int*, int>)&GetVersion,
        _ => 0,
    };

    public IAcceleratorShare Open(AcceleratorTerms terms) => this;

    public void SeparateLanes() => _lanesAreSeparate = true;

    public ILane CreateLane(int index)
    {
        Interlocked.Increment(ref _laneCount);
        var lane = new Lane(this, index);
        LastStream = lane.Streams.Compute;
        return lane;
    }

    public nint Allocate(long byteSize) => throw new NotSupportedException();

    public void Free(nint address) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    [UnmanagedCallersOnly]
    private static int Copy(nint destination, nint source, nuint byteSize, nint stream)
    {
        NativeMemory.Copy((void*)source, (void*)destination, byteSize);
        Streams.Add(stream);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int IsCapturing(nint stream, int* isCapturing)
    {
        *isCapturing = stream == CapturingStream ? 1 : 0;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int EndCapture(nint stream, nint* graph)
    {
        *graph = Graph;
        CapturingStream = 0;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int DestroyGraph(nint graph)
    {
        _destroyedGraphs += graph == Graph ? 1 : 0;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int SetCurrent(nint context) => 0;

    [UnmanagedCallersOnly]
    private static int ExchangeCaptureMode(int* mode) => 0;

    [UnmanagedCallersOnly]
    private static int Query(nint stream) => BusyStreams.ContainsKey(stream) ? 600 : 0;

    [UnmanagedCallersOnly]
    private static int GetVersion(int* version)
    {
        *version = 13000;
        return 0;
    }

    private sealed class Lane(HostAccelerator share, int index) : IAcceleratorLane
    {
        public int Index => index;

        public IDevice Device => share;

        private int Place => (share._lanesAreSeparate ? 100 + index : index / 2) * 3;

        public LaneStreams Streams => new(Place + 1, Place + 2, Place + 3);

        public TimeSpan ComputeTime => TimeSpan.Zero;

        public void Begin() => throw new NotSupportedException();

        public nint Allocate(long byteSize) => throw new NotSupportedException();

        public void CopyIn(nint destination, nint source, long byteSize) => throw new NotSupportedException();

        public void BeginCompute() => throw new NotSupportedException();

        public void EndCompute() => throw new NotSupportedException();

        public void CopyOut(nint destination, nint source, long byteSize) => throw new NotSupportedException();

        public void End(ILaneObserver observer) => throw new NotSupportedException();

        public void Dispose() => Interlocked.Decrement(ref share._laneCount);
    }
}
