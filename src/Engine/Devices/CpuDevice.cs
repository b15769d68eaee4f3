using Camshaft.Backends;
using Camshaft.Engine.Memory;

namespace Camshaft.Engine.Devices;

/// <summary>The host's processors as a device. Its lanes carry no streams: a batch runs on the thread that holds the lane.</summary>
public sealed class CpuDevice : IDevice
{
    /// <inheritdoc/>
    public DeviceKind Kind => DeviceKind.Cpu;

    /// <inheritdoc/>
    public int Ordinal => 0;

    /// <inheritdoc/>
    public string Name => $"{Environment.ProcessorCount} processors";

    /// <inheritdoc/>
    public IMemorySource MemorySource { get; } = new NativeMemorySource();

    /// <inheritdoc/>
    public ILane CreateLane(int index) => new Lane(this, index);

    private sealed record Lane(IDevice Device, int Index) : ILane
    {
        public LaneStreams Streams => default;

        public void Dispose()
        {
        }
    }
}
