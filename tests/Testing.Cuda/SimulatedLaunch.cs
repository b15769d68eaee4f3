using System.Runtime.InteropServices;
using Camshaft.Backends.Cuda;

namespace Camshaft.Testing.Cuda;

/// <summary>One launch of a kernel, while it runs: its extents, its arguments, and the device's memory behind them.</summary>
public sealed class SimulatedLaunch
{
    private readonly SimulatedDriver _driver;
    private readonly byte[][] _arguments;
    private readonly string _call;
    private readonly SimulatedGpu _device;

    internal SimulatedLaunch(SimulatedDriver driver, SimulatedGpu device, string call, CudaExtent grid, CudaExtent block, int sharedByteSize, byte[][] arguments)
    {
        _driver = driver;
        _device = device;
        _call = call;
        _arguments = arguments;
        Grid = grid;
        Block = block;
        SharedByteSize = sharedByteSize;
    }

    /// <summary>Blocks.</summary>
    public CudaExtent Grid { get; }

    /// <summary>Threads of a block.</summary>
    public CudaExtent Block { get; }

    /// <summary>Bytes of shared memory beside what the kernel declares.</summary>
    public int SharedByteSize { get; }

    /// <summary>How many threads there are along x in all.</summary>
    public long ThreadsX => (long)Grid.X * Block.X;

    /// <summary>How many threads there are along y in all.</summary>
    public long ThreadsY => (long)Grid.Y * Block.Y;

    /// <summary>An argument's value.</summary>
    public T Get<T>(int index) where T : unmanaged => MemoryMarshal.Read<T>(_arguments[index]);

    /// <summary>The memory that an argument points to, to be read: all of it has been written.</summary>
    public ReadOnlySpan<T> Read<T>(int index, long count) where T : unmanaged => MemoryMarshal.Cast<byte, T>(
        (ReadOnlySpan<byte>)_driver.Access(_device, _call, Get<nint>(index), count * Marshal.SizeOf<T>(), isWrite: false));

    /// <summary>The memory that an argument points to, to be written as a whole.</summary>
    public Span<T> Write<T>(int index, long count) where T : unmanaged => MemoryMarshal.Cast<byte, T>(
        _driver.Access(_device, _call, Get<nint>(index), count * Marshal.SizeOf<T>(), isWrite: true));

    /// <summary>An argument's bytes.</summary>
    internal ReadOnlySpan<byte> GetBytes(int index) => _arguments[index];

    /// <summary>The allocation whose bytes a thread touches.</summary>
    internal SimulatedAllocation Touch(string who, nint address, int byteSize, bool isWrite) => _driver.Heap.Touch(_device, who, address, byteSize, isWrite);
}
