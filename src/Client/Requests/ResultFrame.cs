using System.Buffers;
using Camshaft.Backends;
using Camshaft.Transport.Wire;

namespace Camshaft.Client.Requests;

/// <summary>Makes the frame of a result that did not come as one, so that there is one kind of result however it came. One thread.</summary>
/// <param name="signature">The model's.</param>
/// <param name="version">The version that ran.</param>
/// <param name="regions">Where outputs were wanted that are not in the frame.</param>
internal sealed class ResultFrame(ModelSignature signature, long version, IReadOnlyList<OutputRegion> regions)
{
    private readonly List<TensorEntry> _entries = [];
    private readonly List<long> _offsets = [];
    private byte[]? _frame;

    /// <summary>How many outputs there are.</summary>
    public int Count => _entries.Count;

    /// <summary>Adds an output; all of them before <see cref="Rent"/>.</summary>
    /// <exception cref="InvalidDataException">The model has no such output, or its size does not fit.</exception>
    public void Add(string name, DataType dataType, Shape shape, int byteSize, RegionSlice? place = null)
    {
        var index = Connections.InferLayout.FindIndex(signature.Outputs, name);
        if (index < 0)
        {
            throw new InvalidDataException($"The answer has an output '{name}', which the model has not.");
        }

        if (!shape.TryGetElementCount(out var elementCount) || (dataType.HasFixedSize && (UInt128)elementCount * (uint)dataType.ByteSize != (uint)byteSize))
        {
            throw new InvalidDataException($"The answer's output '{name}' has {byteSize} bytes; {dataType.Name} of shape {shape} has another number.");
        }

        _entries.Add(new TensorEntry
        {
            Index = index,
            DataType = dataType,
            Shape = shape,
            Place = place is null ? TensorPlace.Frame : TensorPlace.Region,
            ByteSize = byteSize,
            Region = place?.Region.Number ?? 0,
            Offset = place?.Offset ?? 0,
        });
    }

    /// <summary>Takes the memory, to be filled output by output.</summary>
    /// <exception cref="InvalidDataException">The outputs are too many or too large.</exception>
    public void Rent()
    {
        var table = _entries.Sum(static entry => entry.EntryByteSize);
        var layout = new DataLayout(WireFormat.HeadByteSize + table);
        foreach (var entry in _entries)
        {
            _offsets.Add(layout.Place(entry.Place == TensorPlace.Frame ? entry.ByteSize : 0));
        }

        if (WireFormat.HeadByteSize + table > WireFormat.LongestPreface || layout.FrameByteSize > Array.MaxLength)
        {
            throw new InvalidDataException($"The answer has {_entries.Count} outputs of {layout.FrameByteSize} bytes together, which is too much.");
        }

        _frame = ArrayPool<byte>.Shared.Rent((int)layout.FrameByteSize);
        new FrameHead(FrameKind.Result, 1, layout.FrameByteSize - WireFormat.HeadByteSize).Write(_frame);
        new ResultHead(0, _entries.Count, table, version).Write(_frame);
        var rest = _frame.AsSpan(WireFormat.HeadByteSize);
        foreach (var entry in _entries)
        {
            entry.Write(ref rest);
        }
    }

    /// <summary>The memory of an output's data.</summary>
    public Memory<byte> GetData(int index) => _frame.AsMemory((int)_offsets[index], (int)_entries[index].ByteSize);

    /// <summary>Makes the result, which owns the memory from now on.</summary>
    public InferenceResult Detach()
    {
        FrameHead.TryRead(_frame, out var head);
        _ = ResultHead.TryRead(_frame, head, out var result);
        return new InferenceResult(signature, Interlocked.Exchange(ref _frame, null)!, result, regions);
    }

    /// <summary>Gives the memory back, unless a result has it.</summary>
    public void Return()
    {
        if (Interlocked.Exchange(ref _frame, null) is { } frame)
        {
            ArrayPool<byte>.Shared.Return(frame);
        }
    }
}
