using System.Numerics;
using Camshaft.Backends.Cuda;
using Camshaft.Backends.Cuda.Native;
using Xunit;

namespace Camshaft.Testing.Cuda;

/// <summary>
/// A CUDA driver without a GPU, one at a time in a process. It fills the same table of functions as the real one: streams are queues
/// that run later, and beside each other in an order that the seed decides; copies and kernels really change bytes. What no correct
/// program does (memory used before it is written, after it is freed, changed under a copy; things never given back) fails the test
/// when this is disposed, with the names of the calls. Any thread.
/// </summary>
/// <remarks>
/// It knows nothing of speed: its devices' clock goes on by what a test says that operations take, and whether anything is quick only a GPU can tell.
/// </remarks>
public sealed class SimulatedDriver : IDisposable
{
    private const int MostFailures = 20;

    private static SimulatedDriver? _current;

    private readonly object _gate = new();
    private readonly List<string> _failures = [];
    private readonly List<(string Call, CudaStatus Status, int Skip)> _injected = [];
    private readonly Dictionary<string, nint> _functions = EntryPoints.EntryPointTable.Create();
    private readonly Thread? _gpu;
    private bool _isStopping;
    private int _waitCount;

    /// <summary>Becomes the driver of this process until it is disposed.</summary>
    public SimulatedDriver(SimulatedDriverOptions? options = null)
    {
        Options = options ?? new SimulatedDriverOptions();
        Gpus = [.. Enumerable.Range(0, Options.DeviceCount).Select(ordinal => new SimulatedGpu(ordinal, Options.MemoryByteSize, Options.MultiprocessorCount))];
        Streams = new SimulatedStreams(this, _gate, Options.Seed);
        Peers = new SimulatedPeers(_gate, Gpus);
        if (Interlocked.CompareExchange(ref _current, this, null) is not null)
        {
            throw new InvalidOperationException("There is a simulated driver already; tests with one do not run beside each other.");
        }

        if (Options.RunsByItself)
        {
            _gpu = new Thread(RunByItself) { IsBackground = true, Name = "simulated-gpu" };
            _gpu.Start();
        }
    }

    /// <summary>What it was told.</summary>
    public SimulatedDriverOptions Options { get; }

    /// <summary>Finds its functions, as the real driver's are found.</summary>
    public CudaResolver Resolve => (name, version) => version <= Options.Version && !Options.MissingFunctions.Contains(name) ? _functions.GetValueOrDefault(name) : 0;

    /// <summary>The priorities of the streams that there are, and on how many multiprocessors each may run.</summary>
    public IReadOnlyList<(int Priority, int MultiprocessorCount)> StreamKinds
    {
        get
        {
            lock (_gate)
            {
                return [.. Streams.All.Select(static stream => (stream.Priority, BitOperations.PopCount(stream.Multiprocessors)))];
            }
        }
    }

    /// <summary>Other processes with memory on its devices.</summary>
    public SimulatedPeers Peers { get; }

    /// <summary>How many operations are enqueued that have not run.</summary>
    public int WaitingCount
    {
        get
        {
            lock (_gate)
            {
                return Streams.All.Sum(static stream => stream.Waiting.Count);
            }
        }
    }

    /// <summary>How many copies have run between the host and devices.</summary>
    public int HostCopyCount { get; internal set; }

    /// <summary>How many copies have run on devices.</summary>
    public int DeviceCopyCount { get; internal set; }

    /// <summary>How many kernels have run.</summary>
    public int KernelCount { get; internal set; }

    /// <summary>How often a stream was told to wait for an event.</summary>
    public int WaitCount => _waitCount;

    /// <summary>How many graphs were launched.</summary>
    public int GraphLaunchCount { get; internal set; }

    internal IReadOnlyList<SimulatedGpu> Gpus { get; }

    internal SimulatedHeap Heap { get; } = new();

    internal SimulatedObjects Objects { get; } = new();

    internal SimulatedStreams Streams { get; }

    internal Dictionary<string, SimulatedKernel> Kernels { get; } = [];

    internal Dictionary<string, CudaStatus> KernelFaults { get; } = [];

    internal HashSet<string> HeldKernels { get; } = [];

    internal Dictionary<string, ulong> KernelPlaces { get; } = [];

    /// <summary>What green contexts were described to have, one bit for each multiprocessor; never forgotten.</summary>
    internal List<ulong> Descriptions { get; } = [];

    internal int SplitCount { get; set; }

    internal (string Log, CudaStatus Status)? ModuleRefusal { get; set; }

    internal bool IsInitialized { get; set; }

    /// <summary>Makes kernels known, which modules may then have.</summary>
    public void Register(params ReadOnlySpan<SimulatedKernel> kernels)
    {
        lock (_gate)
        {
            foreach (var kernel in kernels)
            {
                Kernels[kernel.Name] = kernel;
            }
        }
    }

    /// <summary>Makes one call fail as if memory were used up.</summary>
    /// <param name="call">Its name, for example <c>cuMemHostAlloc</c>.</param>
    /// <param name="skip">How many such calls succeed before.</param>
    public void FailForMemory(string call, int skip = 0) => Inject(call, CudaStatus.OutOfMemory, skip);

    /// <summary>Makes one call fail with a code.</summary>
    /// <param name="call">Its name.</param>
    /// <param name="status">The number of the code in cuda.h.</param>
    /// <param name="skip">How many such calls succeed before.</param>
    public void Fail(string call, int status, int skip = 0) => Inject(call, (CudaStatus)status, skip);

    /// <summary>Lets every launch of a kernel fault, which loses its device.</summary>
    /// <param name="name">The kernel.</param>
    /// <param name="status">The number in cuda.h of the code with which every call answers from then on.</param>
    public void FailKernel(string name, int status = (int)CudaStatus.IllegalAddress)
    {
        lock (_gate)
        {
            KernelFaults[name] = (CudaStatus)status;
        }
    }

    /// <summary>Lets no launch of a kernel come to its turn, until <see cref="Release"/>.</summary>
    public void Hold(string kernel)
    {
        lock (_gate)
        {
            HeldKernels.Add(kernel);
        }
    }

    /// <summary>Lets a kernel run again.</summary>
    public void Release(string kernel)
    {
        lock (_gate)
        {
            HeldKernels.Remove(kernel);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>On which multiprocessors launches of a kernel could have run by now, one bit each.</summary>
    public ulong FindMultiprocessors(string kernel)
    {
        lock (_gate)
        {
            return KernelPlaces.GetValueOrDefault(kernel);
        }
    }

    /// <summary>Lets the next module fail to compile.</summary>
    /// <param name="log">What the compiler says.</param>
    /// <param name="status">The number of the code in cuda.h.</param>
    public void RefuseModule(string log, int status = (int)CudaStatus.InvalidPtx) => ModuleRefusal = (log, (CudaStatus)status);

    /// <summary>Lets other processes use so many bytes more of each device's memory, or of one's, or fewer.</summary>
    public void UseElsewhere(long byteSize, int? ordinal = null)
    {
        lock (_gate)
        {
            foreach (var gpu in Gpus.Where(gpu => gpu.Ordinal == (ordinal ?? gpu.Ordinal)))
            {
                gpu.UsedByteSize += byteSize;
                MakeRoom(gpu);
            }
        }
    }

    /// <summary>Runs everything that is enqueued and may run.</summary>
    public void Run()
    {
        lock (_gate)
        {
            while (Streams.Step())
            {
            }
        }
    }

    /// <summary>Runs at most one enqueued operation.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Step()
    {
        lock (_gate)
        {
            return Streams.Step();
        }
    }

    /// <summary>What was wrong so far. For tests that want it so: it is then forgotten.</summary>
    public IReadOnlyList<string> TakeFailures()
    {
        lock (_gate)
        {
            string[] failures = [.. _failures];
            _failures.Clear();
            return failures;
        }
    }

    /// <summary>Ends it; fails the test when something was wrong, or was not given back.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isStopping = true;
            Monitor.PulseAll(_gate);
        }

        _gpu?.Join();
        Volatile.Write(ref _current, null);
        ReportLeaks();
        Heap.FreeAll();
        Assert.True(_failures.Count == 0, string.Join(Environment.NewLine, _failures));
    }

    /// <summary>Carries out a call that needs no context.</summary>
    internal static CudaStatus Call(string call, Func<SimulatedDriver, CudaStatus> body)
    {
        if (Volatile.Read(ref _current) is not { } driver)
        {
            return CudaStatus.NotInitialized;
        }

        lock (driver._gate)
        {
            try
            {
                if (SimulatedThread.IsHostFunction)
                {
                    throw new Misuse($"{call}: called by a function that cuLaunchHostFunc runs; such a function must not call the driver.", CudaStatus.NotPermitted);
                }

                foreach (var stream in driver.Streams.All)
                {
                    stream.Capture?.Check(call);
                }

                return !driver.IsInitialized && call is not "cuInit" and not "cuDriverGetVersion" and not "cuGetErrorName" and not "cuGetErrorString"
                    ? throw new Misuse($"{call}: called before cuInit.", CudaStatus.NotInitialized)
                    : driver.TakeInjected(call) ?? body(driver);
            }
            catch (Misuse misuse)
            {
                driver.Report(misuse.Message);
                return misuse.Status;
            }
        }
    }

    /// <summary>Carries out a call that is about the thread's context.</summary>
    internal static CudaStatus Call(string call, Func<SimulatedDriver, SimulatedGpu, CudaStatus> body) => Call(call, driver =>
    {
        var context = SimulatedThread.GetContext(driver);
        var gpu = driver.Gpus.FirstOrDefault(gpu => gpu.Context == context && gpu.ContextCount > 0)
            ?? throw new Misuse($"{call}: the thread has no current context.", CudaStatus.InvalidContext);
        return gpu.Fault != CudaStatus.Success ? gpu.Fault : body(driver, gpu);
    });

    internal Span<byte> Access(SimulatedGpu device, string call, nint address, long byteSize, bool isWrite) => Heap.Access(device, call, address, byteSize, isWrite);

    /// <summary>Takes from pools what they keep and is taken otherwise by now.</summary>
    internal void MakeRoom(SimulatedGpu gpu)
    {
        foreach (var pool in Objects.All.OfType<SimulatedPool>().Where(pool => pool.Device == gpu))
        {
            pool.Keep(Math.Min(pool.KeptByteSize, pool.KeptByteSize + gpu.MemoryByteSize - gpu.UsedByteSize - gpu.KeptByteSize));
        }
    }

    internal void Report(string failure)
    {
        if (_failures.Count < MostFailures)
        {
            _failures.Add(failure);
        }
    }

    internal bool IsWaitDropped() => _waitCount++ % Options.WaitsPerRound == Options.DroppedWait;

    private void Inject(string call, CudaStatus status, int skip)
    {
        lock (_gate)
        {
            _injected.Add((call, status, skip));
        }
    }

    private CudaStatus? TakeInjected(string call)
    {
        var index = _injected.FindIndex(injected => injected.Call == call);
        if (index < 0)
        {
            return null;
        }

        var (_, status, skip) = _injected[index];
        if (skip > 0)
        {
            _injected[index] = (call, status, skip - 1);
            return null;
        }

        _injected.RemoveAt(index);
        return status;
    }

    private void ReportLeaks()
    {
        // A device that has failed takes nothing back.
        var left = Objects.All.Concat(Heap.Outstanding).Where(static left => left.Device.Fault == CudaStatus.Success).ToList();
        foreach (var group in left.GroupBy(static left => left.Call))
        {
            Report($"{group.Key}: {group.Count()} never given back.");
        }

        foreach (var gpu in Gpus.Where(static gpu => gpu.ContextCount != 0 && gpu.Fault == CudaStatus.Success))
        {
            Report($"cuDevicePrimaryCtxRetain: the context of device {gpu.Ordinal} is still held {gpu.ContextCount} times.");
        }
    }

    private void RunByItself()
    {
        lock (_gate)
        {
            while (!_isStopping)
            {
                if (!Streams.Step())
                {
                    Monitor.Wait(_gate);
                }
            }
        }
    }
}
