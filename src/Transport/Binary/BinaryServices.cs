using Camshaft.Backends;
using Camshaft.Engine;
using Camshaft.Engine.Memory.Shared;
using Camshaft.Transport.Binary.Requests;
using Camshaft.Transport.Hosting.Access;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ObjectPool;

namespace Camshaft.Transport.Binary;

/// <summary>What every connection uses. Lives as long as the server; any thread.</summary>
internal sealed class BinaryServices(InferenceEngine engine, AccessControl access, BinaryTransportOptions options, TimeProvider timeProvider, ILogger logger)
{
    // As many as a busy server has in flight; a burst beyond goes back to the garbage collector.
    private const int MostKept = 1024;

    public InferenceEngine Engine => engine;

    public AccessControl Access => access;

    public BinaryTransportOptions Options => options;

    public TimeProvider TimeProvider => timeProvider;

    public ILogger Logger => logger;

    /// <summary>Whether there is a GPU whose memory clients may share.</summary>
    public bool HasCudaMemory => engine.Devices.Any(static device => device is IAccelerator { Kind: DeviceKind.Cuda, OpensPeerMemory: true, Fault: null });

    /// <summary>What is left for regions of all connections.</summary>
    public RegionAllowance Regions { get; } = new(options.SharedMemory.ServerRegionLimit);

    /// <summary>What of requests may be kept, over all connections, while their models are loaded.</summary>
    public CreditWindow StandbyWindow { get; } = new(options.StandbyByteSize);

    public ObjectPool<BinaryRequest> Requests { get; } = new DefaultObjectPool<BinaryRequest>(new DefaultPooledObjectPolicy<BinaryRequest>(), MostKept);
}
