using System.Collections.Concurrent;
using System.Globalization;
using Camshaft.Backends;
using Camshaft.Engine.Tests.Support;

namespace Camshaft.Engine.Tests.Orchestration.Residency;

/// <summary>
/// A backend whose models take as many bytes as their file says: <c>1000 25ms</c>, or <c>broken</c>. It counts what is in memory, and keeps the
/// most that ever was. Stands in for mathematics and time only.
/// </summary>
internal sealed class WeightsBackend(Action<TimeSpan> spend) : IBackend
{
    private readonly ConcurrentDictionary<string, int> _loads = new();
    private long _byteSize;
    private long _peak;
    private int _alive;

    /// <summary>What models take now, and the most that they ever took.</summary>
    public long ByteSize => Interlocked.Read(ref _byteSize);

    public long Peak => Interlocked.Read(ref _peak);

    public int Alive => Volatile.Read(ref _alive);

    /// <summary>Loads of this model wait for the gate.</summary>
    public (string Model, Gate Gate)? Blocked { get; set; }

    /// <summary>Called when a model has been freed; may throw.</summary>
    public Action? Ended { get; set; }

    public string Name => "weights";

    public string Platform => "weights";

    public IReadOnlyList<string> ModelFileNames => ["model.weights"];

    public IReadOnlyList<DeviceKind> DeviceKinds => [DeviceKind.Cpu];

    public int GetLoads(string model) => _loads.GetValueOrDefault(model);

    public void Start(BackendContext context)
    {
    }

    public ModelSignature? Inspect(ModelSource source) => null;

    public ILoadedModel Load(ModelSource source, IDevice device, CancellationToken cancellationToken)
    {
        _loads.AddOrUpdate(source.ModelName, 1, static (_, count) => count + 1);
        if (Blocked is { } blocked && blocked.Model == source.ModelName)
        {
            blocked.Gate.Pass();
        }

        var words = File.ReadAllText(source.FilePath).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words[0] == "broken")
        {
            throw new BackendException(StatusCode.InvalidArgument, $"{source}: its weights are broken");
        }

        var byteSize = long.Parse(words[0], CultureInfo.InvariantCulture);
        spend(TimeSpan.FromMilliseconds(int.Parse(words[1].Replace("ms", "", StringComparison.Ordinal), CultureInfo.InvariantCulture)));
        Interlocked.Increment(ref _alive);
        var now = Interlocked.Add(ref _byteSize, byteSize);
        for (var peak = Peak; now > peak && Interlocked.CompareExchange(ref _peak, now, peak) != peak; peak = Peak)
        {
        }

        return new Model(this, byteSize);
    }

    public void Dispose()
    {
    }

    private sealed class Model(WeightsBackend backend, long byteSize) : ILoadedModel
    {
        private int _isDisposed;

        public ModelSignature Signature => Harness.Identity;

        public MemoryFootprint Footprint
        {
            get
            {
                Assert.True(Volatile.Read(ref _isDisposed) == 0, "A model is asked for its footprint when it is gone.");
                return new MemoryFootprint(byteSize, 0);
            }
        }

        public IModelInstance CreateInstance(ILane lane) => new Instance();

        public void Dispose()
        {
            Assert.True(Interlocked.Exchange(ref _isDisposed, 1) == 0, "A model is disposed twice.");
            Interlocked.Add(ref backend._byteSize, -byteSize);
            Interlocked.Decrement(ref backend._alive);
            backend.Ended?.Invoke();
        }
    }

    private sealed class Instance : IModelInstance
    {
        public ExecutionState Execute(ModelExecution execution) => Harness.Copy(execution);

        public void Dispose()
        {
        }
    }
}
