using System.Runtime.InteropServices;

namespace Camshaft.Backends.Cuda.Tests.Devices;

/// <summary>Memory of another process on the device, opened here: numbers to read, and behind them as many that a batch makes of them.</summary>
internal sealed class PeerNumbers : IDisposable
{
    private readonly Gpu _gpu;
    private readonly int _most;
    private readonly byte[] _handle;
    private readonly IPeerMemory _memory;

    public PeerNumbers(Gpu gpu, int most)
    {
        _gpu = gpu;
        _most = most;
        _handle = gpu.Simulation.Peers.Export(new byte[ByteSize]);
        _memory = gpu.Device.OpenPeerMemory(_handle);
    }

    public nint Source => _memory.Address;

    public nint Target => _memory.Address + (ByteSize / 2);

    private int ByteSize => 2 * _most * sizeof(int);

    /// <summary>Its owner writes numbers that count up.</summary>
    public void Write(int first, int count) => _gpu.Simulation.Peers.Write(_handle, MemoryMarshal.AsBytes(Enumerable.Range(first, count).ToArray().AsSpan()));

    /// <summary>Whether a batch has made of them what it should.</summary>
    public bool IsRight(int first, int count) =>
        Gpu.IsRight(MemoryMarshal.Cast<byte, int>(_gpu.Simulation.Peers.Read(_handle).AsSpan(ByteSize / 2))[..count], first);

    /// <summary>Its owner uses it for something else.</summary>
    public void Overwrite()
    {
        var other = new byte[ByteSize];
        other.AsSpan().Fill(0xff);
        _gpu.Simulation.Peers.Write(_handle, other);
    }

    public void Dispose() => _memory.Dispose();
}
