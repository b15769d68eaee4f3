using Camshaft.Client.SharedMemory;
using Camshaft.Transport.Wire;

namespace Camshaft.Client;

/// <summary>
/// Memory that a client shares with its servers, for tensors to lie in: <see cref="InferenceInput.FromRegion(string, Backends.DataType, RegionSlice, ReadOnlySpan{long})"/>
/// and <see cref="InferenceOptions.OutputRegions"/>. Made by <see cref="IInferenceClient.CreateRegionAsync"/>, or of a GPU's memory by
/// <see cref="IInferenceClient.RegisterCudaMemoryAsync"/>; it stays valid when connections are lost, each new one
/// learns of it when it is first needed there. Any thread, but whoever writes a part sees to it that no request reads it meanwhile.
/// </summary>
public sealed class SharedRegion : IAsyncDisposable
{
    private static int _lastNumber;

    private readonly MappedMemory? _mapped;
    private readonly Func<SharedRegion, Task>? _leave;
    private readonly Memory<byte> _memory;
    private readonly int _byteSize;
    private int _isDisposed;

    /// <summary>Makes one of memory that is shared.</summary>
    /// <param name="mapped">The memory, which the region then owns.</param>
    /// <param name="leave">Has the servers let go of it.</param>
    internal SharedRegion(MappedMemory mapped, Func<SharedRegion, Task> leave)
    {
        _mapped = mapped;
        _leave = leave;
        _memory = mapped.Memory;
        _byteSize = _memory.Length;
    }

    /// <summary>Makes one of a GPU's memory, which stays the caller's.</summary>
    /// <param name="cuda">The memory.</param>
    /// <param name="byteSize">How many bytes of it.</param>
    /// <param name="leave">Has the servers let go of it.</param>
    internal SharedRegion(CudaMemory cuda, int byteSize, Func<SharedRegion, Task> leave)
    {
        Cuda = cuda;
        _leave = leave;
        _byteSize = byteSize;
    }

    /// <summary>Makes one of this process's own memory, where there is no server.</summary>
    internal SharedRegion(int byteSize) => (_memory, _byteSize) = (new byte[byteSize], byteSize);

    /// <summary>How many bytes it has.</summary>
    public int ByteSize => _byteSize;

    /// <summary>Whether it is a GPU's memory, which only work on that GPU reads and writes.</summary>
    public bool IsCudaMemory => Cuda is not null;

    /// <summary>Its bytes. Spans of them are not used any more when it is disposed.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    /// <exception cref="InvalidOperationException">It is a GPU's memory.</exception>
    public Memory<byte> Memory
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            return IsCudaMemory ? throw new InvalidOperationException("The memory of a GPU cannot be seen by the host.") : _memory;
        }
    }

    /// <summary>Its number on every connection.</summary>
    internal uint Number { get; } = (uint)Interlocked.Increment(ref _lastNumber);

    /// <summary>Whether other processes can have it.</summary>
    internal bool IsShared => _mapped is not null || IsCudaMemory;

    /// <summary>How a server is told of it, where it is shared.</summary>
    internal RegionKind Kind => IsCudaMemory ? RegionKind.Cuda : _mapped!.Kind;

    /// <summary>What a server needs to know of the host's memory.</summary>
    internal MappedMemory Mapped => _mapped!;

    /// <summary>What a server needs to know of a GPU's memory; null = it is the host's.</summary>
    internal CudaMemory? Cuda { get; }

    internal bool IsDisposed => Volatile.Read(ref _isDisposed) != 0;

    /// <summary>A part of it. In sealed memory, one that begins at a multiple of 64 spares the server a copy.</summary>
    /// <param name="offset">The first byte.</param>
    /// <param name="byteSize">How many bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie in it.</exception>
    public RegionSlice Slice(int offset, int byteSize) => new(this, offset, byteSize);

    /// <summary>Gives the memory back (a GPU's is the caller's, who may free it when this has ended), once the servers have let go of it: when requests that use it have ended there. Later requests that name it fail.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        if (_leave is not null)
        {
            await _leave(this).ConfigureAwait(false);
        }

        (_mapped as IDisposable)?.Dispose();
    }
}
