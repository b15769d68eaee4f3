using System.Globalization;
using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Testing.Cuda;

/// <summary>
/// The memory of all devices, and the host's as far as it is locked. An address is never given out twice, so that a late use is
/// known for what it is. Guarded by the driver's lock.
/// </summary>
internal sealed class SimulatedHeap
{
    // No address that a processor can reach.
    private static readonly nint FirstAddress = unchecked((nint)0x00D0_0000_0000_0000);
    private const int Alignment = 256;

    private readonly List<SimulatedAllocation> _allocations = [];
    private readonly List<(nint Address, int ByteSize, string Freed)> _freed = [];
    private readonly List<SimulatedHostMemory> _host = [];
    private readonly List<CopyInFlight> _copies = [];
    private nint _next = FirstAddress;

    /// <summary>How many operations have been enqueued.</summary>
    public long EnqueuedCount { get; set; }

    /// <summary>The number of the operation that runs, by the order of enqueueing.</summary>
    public long RunningNumber { get; set; }

    public IEnumerable<SimulatedObject> Outstanding => _allocations.Where(static allocation => !allocation.IsPeers).Cast<SimulatedObject>().Concat(_host);

    public void Add(SimulatedAllocation allocation)
    {
        allocation.Handle = _next;

        // A gap between two allocations: whoever runs over the end of one meets none.
        _next += (allocation.Bytes.Length + (2 * Alignment)) & ~(Alignment - 1);
        allocation.Device.UsedByteSize += allocation.TakenByteSize;
        allocation.Pool?.Take(allocation.TakenByteSize);
        _allocations.Add(allocation);
    }

    /// <summary>The allocation that begins at an address.</summary>
    public SimulatedAllocation Find(string call, nint address) => _allocations.Find(allocation => allocation.Handle == address) ?? throw Unknown(call, address);

    public void Remove(string call, SimulatedAllocation allocation)
    {
        _allocations.Remove(allocation);
        allocation.Device.UsedByteSize -= allocation.TakenByteSize;
        allocation.Pool?.Return(allocation.TakenByteSize);
        _freed.Add((allocation.Handle, allocation.Bytes.Length, call));
    }

    /// <summary>The bytes of device memory that an operation touches.</summary>
    public Span<byte> Access(SimulatedGpu device, string call, nint address, long byteSize, bool isWrite)
    {
        var allocation = Touch(device, call, address, byteSize, isWrite);
        return allocation.Bytes.AsSpan((int)(address - allocation.Handle), (int)byteSize);
    }

    /// <summary>The allocation whose bytes an operation touches.</summary>
    public SimulatedAllocation Touch(SimulatedGpu device, string call, nint address, long byteSize, bool isWrite)
    {
        var allocation = _allocations.Find(allocation => address >= allocation.Handle && address < allocation.Handle + Math.Max(1, allocation.Bytes.Length)) ?? throw Unknown(call, address);
        var offset = (int)(address - allocation.Handle);
        if (byteSize > allocation.Bytes.Length - offset)
        {
            throw new Misuse($"{call}: {byteSize} bytes at {Format(address)} reach past the end of an allocation of {allocation.Bytes.Length} bytes ({allocation.Call}).", CudaStatus.IllegalAddress);
        }

        if (!allocation.IsThere)
        {
            throw new Misuse($"{call}: the memory at {Format(address)} is used before {allocation.Call} has run: a wait is missing.", CudaStatus.IllegalAddress);
        }

        if (RunningNumber > allocation.FreedAt)
        {
            throw new Misuse($"{call}: the memory at {Format(address)} was given to cuMemFreeAsync before this was enqueued.", CudaStatus.IllegalAddress);
        }

        if (allocation.Device != device)
        {
            throw new Misuse($"{call}: the memory at {Format(address)} is device {allocation.Device.Ordinal}'s; the stream is device {device.Ordinal}'s.", CudaStatus.IllegalAddress);
        }

        if (isWrite)
        {
            allocation.MarkWritten(offset, (int)byteSize);
        }
        else if (allocation.FindPoison(offset, (int)byteSize) is >= 0 and var poison)
        {
            throw new Misuse($"{call}: byte {offset + poison} of an allocation of {allocation.Bytes.Length} bytes ({allocation.Call}) is read, and nothing has written it yet: a copy or a wait is missing.");
        }

        return allocation;
    }

    public void AddHost(SimulatedHostMemory memory) => _host.Add(memory);

    /// <summary>Unlocks host memory.</summary>
    public void RemoveHost(string call, string madeBy, nint address)
    {
        var memory = _host.Find(memory => memory.Handle == address && memory.Call == madeBy) ?? throw new Misuse($"{call}: {Format(address)} is not what {madeBy} gave, or was given back already.");
        if (_copies.Find(copy => copy.Overlaps(memory.Handle, memory.ByteSize)) is { } copy)
        {
            throw new Misuse($"{call}: {copy.Call} still uses the memory.");
        }

        _host.Remove(memory);
        memory.Free();
    }

    public bool IsLocked(nint address, long byteSize) => _host.Exists(memory => memory.Contains(address, byteSize));

    public CopyInFlight BeginCopy(string call, nint address, int byteSize)
    {
        var copy = new CopyInFlight(call, address, byteSize);
        _copies.Add(copy);
        return copy;
    }

    public bool IsInFlight(nint address, long byteSize) => _copies.Exists(copy => copy.Overlaps(address, byteSize));

    public void EndCopy(CopyInFlight copy) => _copies.Remove(copy);

    public void FreeAll()
    {
        _host.ForEach(static memory => memory.Free());
        _host.Clear();
    }

    private static string Format(nint address) => address.ToString("X", CultureInfo.InvariantCulture);

    // Addresses go up, so the last that begins before is the nearest.
    private string Locate(nint address) => _allocations.FindLast(allocation => allocation.Handle <= address) is { } before
        ? $", {address - before.Handle - before.Bytes.Length} bytes past the end of an allocation of {before.Bytes.Length} bytes ({before.Call})"
        : "";

    private Misuse Unknown(string call, nint address)
    {
        var freed = _freed.FindLast(freed => address >= freed.Address && address < freed.Address + Math.Max(1, freed.ByteSize));
        return new Misuse(
            freed.Freed is null ? $"{call}: {Format(address)} is no device memory{Locate(address)}." : $"{call}: the memory at {Format(address)} was freed by {freed.Freed}.",
            CudaStatus.IllegalAddress);
    }
}
