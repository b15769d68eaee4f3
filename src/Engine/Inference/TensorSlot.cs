using Camshaft.Backends;
using Camshaft.Engine.Batching;
using Camshaft.Engine.Memory;
using Camshaft.Engine.Memory.Shared;

namespace Camshaft.Engine.Inference;

/// <summary>
/// One input or output of a request: whether it takes part, its shape, and the memory that holds it: the pool's, a part of
/// what a batch shares, a backend's or a client's. Belongs to its request and is reused with it.
/// </summary>
internal sealed class TensorSlot(TensorSpec spec)
{
    private Shape _shape;
    private TensorBuffer _buffer;
    private long _bufferOffset;
    private nint _foreignAddress;
    private nint _foreignState;
    private Action<nint>? _foreignRelease;
    private SharedForeignMemory? _shared;
    private LentMemory _place;

    public TensorSpec Spec => spec;

    /// <summary>For an input: the request carries it. For an output: somebody asked for it.</summary>
    public bool IsPresent { get; set; }

    /// <summary>Its shape is known before the run, as that of every input that is present.</summary>
    public bool IsShapeKnown { get; private set; }

    /// <summary>Of an output: how many bytes whoever asked for it has room for.</summary>
    public long Room { get; set; } = long.MaxValue;

    public bool HasMemory => !_buffer.IsDefault || IsForeign;

    public long ByteSize { get; private set; }

    public ReadOnlySpan<long> Dimensions => _shape.Dimensions;

    /// <summary>Whether its memory is the device's on which its model runs, and the host cannot look at it.</summary>
    public bool IsOnDevice { get; private set; }

    /// <summary>Of an input <see cref="IsOnDevice"/>: whether the model reads it where it lies, and not a copy.</summary>
    public bool IsUsedInPlace { get; private set; }

    /// <summary>Valid while the slot has memory and its request lives.</summary>
    public TensorView View => new(spec.DataType, _shape.Dimensions, IsOnDevice ? MemoryKind.Device : MemoryKind.Host, IsForeign ? _foreignAddress : _buffer.Address + (nint)_bufferOffset, ByteSize);

    private bool IsForeign => _foreignRelease is not null || _shared is not null;

    public void SetShape(in Shape shape, long byteSize, bool isKnown = false)
    {
        _shape = shape;
        ByteSize = byteSize;
        IsShapeKnown = isKnown;
    }

    /// <summary>Takes over a lease; gives back what the slot held.</summary>
    /// <param name="buffer">The lease.</param>
    /// <param name="offset">Where in its bytes the tensor begins.</param>
    public void SetMemory(TensorBuffer buffer, long offset = 0)
    {
        ReleaseMemory();
        _buffer = buffer;
        _bufferOffset = offset;
    }

    /// <summary>Takes over memory of a backend's or a client's; gives back what the slot held.</summary>
    public void SetForeignMemory(nint address, Action<nint> release, nint state)
    {
        ReleaseMemory();
        _foreignAddress = address;
        _foreignRelease = release;
        _foreignState = state;
    }

    /// <summary>Takes over memory of a client's on the device where the model runs; gives back what the slot held.</summary>
    public void SetDeviceMemory(in LentMemory memory, bool isUsedInPlace)
    {
        SetForeignMemory(memory.Address, memory.Release, memory.State);
        (IsOnDevice, IsUsedInPlace) = (true, isUsedInPlace);
    }

    /// <summary>Takes over such memory for an output whose size is not known yet.</summary>
    public void SetPlace(in LentMemory memory) => _place = memory;

    /// <summary>Gives the output the memory that was kept for it.</summary>
    /// <returns><see langword="false"/> when there is none, or it is too small.</returns>
    public bool TryUsePlace(long byteSize)
    {
        if (_place.Release is null || byteSize > _place.ByteSize)
        {
            return false;
        }

        SetDeviceMemory(_place, isUsedInPlace: false);
        _place = default;
        return true;
    }

    /// <summary>Takes over a share in a backend's memory; gives back what the slot held.</summary>
    public void SetForeignMemory(nint address, SharedForeignMemory shared)
    {
        ReleaseMemory();
        _foreignAddress = address;
        _shared = shared;
    }

    public void Clear()
    {
        ReleaseMemory();
        if (_place.Release is { } release)
        {
            var state = _place.State;
            _place = default;
            release(state);
        }

        IsPresent = false;
        IsShapeKnown = false;
        Room = long.MaxValue;
    }

    private void ReleaseMemory()
    {
        (IsOnDevice, IsUsedInPlace) = (false, false);
        if (_foreignRelease is { } release)
        {
            _foreignRelease = null;
            release(_foreignState);
        }

        if (_shared is { } shared)
        {
            _shared = null;
            shared.Release();
        }

        if (!_buffer.IsDefault)
        {
            var buffer = _buffer;
            _buffer = default;
            buffer.Dispose();
        }
    }
}
