using Camshaft.Backends;

namespace Camshaft.Testing;

/// <summary>One output of a <see cref="TestExecution"/>: its memory and how it came to be there.</summary>
internal sealed class TestOutput : IDisposable
{
    private readonly TensorSpec _spec;
    private readonly GuardedBuffer _buffer = new();
    private readonly long[] _dimensions = new long[Shape.MaxRank];
    private int _rank;
    private nint _foreignAddress;
    private long _foreignByteSize;
    private Action<nint>? _release;
    private nint _releaseState;

    public TestOutput(TensorSpec spec) => _spec = spec;

    public OutputPlacement Placement { get; private set; }

    public bool IsPoisoned => Placement is OutputPlacement.Offered or OutputPlacement.Allocated && _buffer.IsPoisoned;

    public TensorView Place(OutputPlacement placement, DataType dataType, scoped ReadOnlySpan<long> shape, long byteSize)
    {
        Check(dataType, shape, byteSize);
        Clear();
        SetShape(shape);
        _buffer.Prepare(byteSize);
        Placement = placement;
        return new TensorView(_spec.DataType, _dimensions.AsSpan(0, _rank), MemoryKind.Host, _buffer.Address, byteSize);
    }

    public void PlaceForeign(DataType dataType, ReadOnlySpan<long> shape, nint address, long byteSize, Action<nint> release, nint state)
    {
        Clear();
        (_release, _releaseState) = (release, state);
        Check(dataType, shape, byteSize);
        SetShape(shape);
        (_foreignAddress, _foreignByteSize) = (address, byteSize);
        Placement = OutputPlacement.Foreign;
    }

    public TestTensor Read()
    {
        // A foreign output lives until its release, which Clear calls.
        var data = Placement switch
        {
            OutputPlacement.None => throw new InvalidOperationException($"The output '{_spec.Name}' was not given."),
            OutputPlacement.Foreign => new TensorView(_spec.DataType, default, MemoryKind.Host, _foreignAddress, _foreignByteSize).Bytes,
            _ => _buffer.Bytes,
        };
        return new TestTensor(_spec.DataType, new Shape(_dimensions.AsSpan(0, _rank)), data.ToArray());
    }

    public void Clear()
    {
        _buffer.CheckGuards(_spec.Name);
        Placement = OutputPlacement.None;
        var release = _release;
        _release = null;
        release?.Invoke(_releaseState);
    }

    public void Dispose()
    {
        Clear();
        _buffer.Dispose();
    }

    private void SetShape(ReadOnlySpan<long> shape)
    {
        _rank = shape.Length;
        shape.CopyTo(_dimensions);
    }

    private void Check(DataType dataType, ReadOnlySpan<long> shape, long byteSize)
    {
        if (dataType != _spec.DataType)
        {
            throw new BackendException(StatusCode.Internal, $"Output '{_spec.Name}' has datatype {dataType.Name}; expected {_spec.DataType.Name}.");
        }

        if (!_spec.Shape.Accepts(shape))
        {
            throw new BackendException(StatusCode.Internal, $"Output '{_spec.Name}' has shape {Shape.Format(shape)}; expected {_spec.Shape}.");
        }

        Shape.TryGetElementCount(shape, out var elementCount);
        if (_spec.DataType.HasFixedSize && byteSize != elementCount * _spec.DataType.ByteSize)
        {
            throw new BackendException(StatusCode.Internal, $"Output '{_spec.Name}' has {byteSize} bytes; expected {elementCount * _spec.DataType.ByteSize}.");
        }
    }
}
