using Camshaft.Backends;
using Camshaft.Engine.Memory;

namespace Camshaft.Engine.Inference;

/// <summary>
/// One input or output of a request: whether it takes part, its shape, and the memory that holds it, the pool's or a
/// backend's. Belongs to its request and is reused with it.
/// </summary>
internal sealed class TensorSlot(TensorSpec spec)
{
    private Shape _shape;
    private TensorBuffer _buffer;
    private nint _foreignAddress;
    private nint _foreignState;
    private Action<nint>? _foreignRelease;

    public TensorSpec Spec => spec;

    /// <summary>For an input: the request carries it. For an output: somebody asked for it.</summary>
    public bool IsPresent { get; set; }

    /// <summary>For an output: its shape was known before the run.</summary>
    public bool IsShapeKnown { get; private set; }

    public bool HasMemory => !_buffer.IsDefault || _foreignRelease is not null;

    public long ByteSize { get; private set; }

    public ReadOnlySpan<long> Dimensions => _shape.Dimensions;

    /// <summary>Valid while the slot has memory and its request lives.</summary>
    public TensorView View => _foreignRelease is null
        ? new TensorView(spec.DataType, _shape.Dimensions, MemoryKind.Host, _buffer.Address, ByteSize)
        : new TensorView(spec.DataType, _shape.Dimensions, MemoryKind.Host, _foreignAddress, ByteSize);

    public void SetShape(in Shape shape, long byteSize, bool isKnown = false)
    {
        _shape = shape;
        ByteSize = byteSize;
        IsShapeKnown = isKnown;
    }

    /// <summary>Takes over a lease; gives back what the slot held.</summary>
    public void SetMemory(TensorBuffer buffer)
    {
        ReleaseMemory();
        _buffer = buffer;
    }

    /// <summary>Takes over memory of a backend's; gives back what the slot held.</summary>
    public void SetForeignMemory(nint address, Action<nint> release, nint state)
    {
        ReleaseMemory();
        _foreignAddress = address;
        _foreignRelease = release;
        _foreignState = state;
    }

    public void Clear()
    {
        ReleaseMemory();
        IsPresent = false;
        IsShapeKnown = false;
    }

    private void ReleaseMemory()
    {
        if (_foreignRelease is { } release)
        {
            _foreignRelease = null;
            release(_foreignState);
        }

        if (!_buffer.IsDefault)
        {
            var buffer = _buffer;
            _buffer = default;
            buffer.Dispose();
        }
    }
}
