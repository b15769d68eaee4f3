using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Testing.Cuda;

/// <summary>
/// Runs what streams have: one operation at a time, each time of any stream whose first may run. Which one comes from the seed;
/// some streams are slow for a while, so that orders come up which a GPU shows once a month. Guarded by the driver's lock.
/// </summary>
internal sealed class SimulatedStreams(SimulatedDriver driver, object gate, int seed)
{
    // How many operations run before other streams are slow, and how much faster the fast ones are.
    private const int StepsPerMood = 12;
    private const int Fast = 24;

    private readonly Random _random = new(seed);
    private readonly List<SimulatedStream> _streams = [];
    private readonly List<SimulatedStream> _ready = [];
    private long _stepCount;

    /// <summary>What time it is on the devices: all that has run took its time, one after another.</summary>
    public TimeSpan Time { get; private set; }

    public IReadOnlyList<SimulatedStream> All => _streams;

    public void Add(SimulatedStream stream) => _streams.Add(stream);

    public void Remove(SimulatedStream stream) => _streams.Remove(stream);

    public void Enqueue(SimulatedStream stream, SimulatedOperation operation)
    {
        if (stream.Capture is { } capture)
        {
            capture.Operations.Add(operation);
            return;
        }

        operation.Enqueued?.Invoke();
        stream.Waiting.Enqueue(operation);
        stream.Numbers.Enqueue(++driver.Heap.EnqueuedCount);
        Monitor.PulseAll(gate);
    }

    /// <summary>Runs one operation, if any may run. The caller has the lock once.</summary>
    public bool Step()
    {
        _ready.Clear();
        _ready.AddRange(_streams.Where(static stream => stream.Device.Fault == CudaStatus.Success && stream.CanRun));
        if (_ready.Count == 0)
        {
            return false;
        }

        if (_stepCount++ % StepsPerMood == 0)
        {
            _streams.ForEach(stream => stream.Speed = _random.Next(2) == 0 ? 1 : Fast);
        }

        Run(Choose());
        Monitor.PulseAll(gate);
        return true;
    }

    /// <summary>Runs some operations, or none: somebody asks how far the device is.</summary>
    public void StepSome()
    {
        for (var count = _random.Next(3); count > 0 && Step(); count--)
        {
        }
    }

    /// <summary>Runs until something is so.</summary>
    public void StepUntil(string call, SimulatedGpu device, Func<bool> isSo)
    {
        while (device.Fault == CudaStatus.Success && !isSo())
        {
            if (!Step() && !Monitor.Wait(gate, TimeSpan.FromSeconds(10)))
            {
                throw new Misuse($"{call}: waits for something that never happens.");
            }
        }
    }

    private SimulatedStream Choose()
    {
        var chosen = _random.Next(_ready.Sum(static stream => stream.Speed));
        foreach (var stream in _ready)
        {
            chosen -= stream.Speed;
            if (chosen < 0)
            {
                return stream;
            }
        }

        return _ready[^1];
    }

    private void Run(SimulatedStream stream)
    {
        var operation = stream.Waiting.Dequeue();
        var number = stream.Numbers.Dequeue();
        if (operation.RunOnHost is { } runOnHost)
        {
            stream.IsOnHost = true;
            Monitor.Exit(gate);
            try
            {
                runOnHost();
            }
            finally
            {
                Monitor.Enter(gate);
                stream.IsOnHost = false;
            }
        }

        Time += operation.Time ?? driver.Options.OperationTime;
        driver.Heap.RunningNumber = number;
        try
        {
            operation.Run();
        }
        catch (Misuse misuse)
        {
            driver.Report(misuse.Message);
            if (misuse.Status.IsSticky)
            {
                stream.Device.Fault = misuse.Status;
            }
        }

        stream.HasFaulted = stream.Device.Fault != CudaStatus.Success;
    }
}
