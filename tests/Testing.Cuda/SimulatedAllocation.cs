namespace Camshaft.Testing.Cuda;

/// <summary>
/// A piece of device memory. Its address is none that the host could read. Bytes are poison until something on the device has
/// written them, and it is not there before the stream which took it has come to that.
/// </summary>
internal sealed class SimulatedAllocation : SimulatedObject
{
    private const byte Poison = 0xCB;

    private readonly bool[] _isWritten;

    public SimulatedAllocation(string call, SimulatedGpu device, int byteSize)
        : base(call, device)
    {
        Bytes = new byte[byteSize];
        Bytes.AsSpan().Fill(Poison);
        _isWritten = new bool[byteSize];
    }

    /// <summary>Other processes' memory as it is seen here, all of it written.</summary>
    public SimulatedAllocation(string call, SimulatedExport export)
        : base(call, export.Device)
    {
        Bytes = export.Content;
        _isWritten = new bool[Bytes.Length];
        MarkWritten(0, Bytes.Length);
        IsPeers = true;
    }

    public byte[] Bytes { get; }

    /// <summary>Whether the stream that took it has come to that.</summary>
    public bool IsThere { get; set; } = true;

    /// <summary>Whether it belongs to another process, and is only mapped here.</summary>
    public bool IsPeers { get; }

    /// <summary>How many bytes of device memory it takes.</summary>
    public long TakenByteSize { get; init; }

    /// <summary>The pool that it comes from; null = none.</summary>
    public SimulatedPool? Pool { get; init; }

    /// <summary>How many operations had been enqueued when <c>cuMemFreeAsync</c> was called: none that comes later may use it, on whatever stream.</summary>
    public long FreedAt { get; set; } = long.MaxValue;

    public void MarkWritten(int offset, int length) => _isWritten.AsSpan(offset, length).Fill(true);

    /// <summary>The first byte of a range that nothing has written; -1 = all are written.</summary>
    public int FindPoison(int offset, int length) => _isWritten.AsSpan(offset, length).IndexOf(false);
}
