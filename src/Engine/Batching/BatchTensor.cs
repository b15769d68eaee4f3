using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Memory;

namespace Camshaft.Engine.Batching;

/// <summary>One input or output of a whole batch: its shape, and where it lies. Reused by each batch of a lane.</summary>
internal sealed class BatchTensor
{
    private TensorBuffer _buffer;
    private SharedForeignMemory? _foreign;
    private nint _address;
    private Shape _shape;

    /// <summary>For an input: the batch carries it. For an output: somebody asked for it.</summary>
    public bool IsPresent { get; set; }

    /// <summary>Whether its shape is known before the run.</summary>
    public bool IsShapeKnown { get; set; }

    /// <summary>Whether its rows lie where the requests have theirs, so that nothing is left to do after the run.</summary>
    public bool IsInPlace { get; private set; }

    /// <summary>Whether each request has its rows somewhere else, on the host or on the device, where alone they are brought together.</summary>
    public bool IsApart { get; private set; }

    public ReadOnlySpan<long> Dimensions => _shape.Dimensions;

    public long ByteSize { get; private set; }

    /// <summary>Where it begins; 0 = nowhere yet, or <see cref="IsApart"/>.</summary>
    public nint Address => _address;

    /// <summary>Whether its place is known.</summary>
    public bool IsPlaced => _address != 0 || IsApart;

    /// <summary>A look at it; where it <see cref="IsApart"/> there is nothing to see but its shape.</summary>
    public TensorView GetView(TensorSpec spec) => new(spec.DataType, _shape.Dimensions, IsApart ? MemoryKind.Device : MemoryKind.Host, _address, ByteSize);

    /// <summary>Forgets the batch before.</summary>
    public void Reset()
    {
        IsPresent = false;
        IsShapeKnown = false;
        IsInPlace = false;
        IsApart = false;
    }

    /// <summary>Leaves its rows with the requests, wherever each has its own.</summary>
    public void PlaceApart(in Shape shape, long byteSize)
    {
        Place(shape, address: 0, byteSize);
        IsInPlace = true;
        IsApart = true;
    }

    /// <summary>Places it where the requests' own rows lie, one behind the other.</summary>
    public void PlaceInRows(in Shape shape, nint address, long byteSize)
    {
        Place(shape, address, byteSize);
        IsInPlace = true;
    }

    /// <summary>Places it in memory of its own.</summary>
    public void Place(in Shape shape, TensorBuffer buffer, long byteSize)
    {
        Release();
        _buffer = buffer;
        Place(shape, buffer.Address, byteSize);
    }

    /// <summary>Places it in a backend's memory.</summary>
    public void Place(in Shape shape, nint address, long byteSize, SharedForeignMemory foreign)
    {
        Release();
        _foreign = foreign;
        Place(shape, address, byteSize);
    }

    /// <summary>Gives a request a part of it.</summary>
    public void Share(TensorSlot slot, long offset)
    {
        if (_foreign is not null)
        {
            slot.SetForeignMemory(_address + (nint)offset, _foreign.Retain());
        }
        else
        {
            slot.SetMemory(_buffer.Retain(), offset);
        }
    }

    /// <summary>Gives back the batch's own share in its memory.</summary>
    public void Release()
    {
        if (!_buffer.IsDefault)
        {
            _buffer.Dispose();
            _buffer = default;
        }

        _foreign?.Release();
        _foreign = null;
        _address = 0;
    }

    private void Place(in Shape shape, nint address, long byteSize)
    {
        _shape = shape;
        ByteSize = byteSize;
        IsInPlace = false;
        IsApart = false;
        _address = address;
    }
}
