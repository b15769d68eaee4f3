using Camshaft.Backends;

namespace Camshaft.Transport.Wire;

/// <summary>
/// Goes through the table of an infer or a result, says where the data of each tensor lies, and checks at the end that the
/// frame has just the length that the tensors say together.
/// </summary>
public ref struct TensorTableReader
{
    private readonly long _frameByteSize;
    private readonly int _tensorCount;
    private readonly int _count;
    private ReadOnlySpan<byte> _remaining;
    private DataLayout _layout;
    private int _read;

    /// <summary>Makes a reader for an infer.</summary>
    /// <param name="preface">The frame's head, fields and table, or more of it.</param>
    /// <param name="frame">Its head.</param>
    /// <param name="infer">The head's second half.</param>
    public TensorTableReader(ReadOnlySpan<byte> preface, in FrameHead frame, in InferHead infer)
        : this(preface, frame, infer.TableByteSize, infer.InputCount, infer.InputCount + infer.OutputCount)
    {
    }

    /// <summary>Makes a reader for a result or a part.</summary>
    /// <param name="preface">The frame's head, fields and table, or more of it.</param>
    /// <param name="frame">Its head.</param>
    /// <param name="result">The head's second half.</param>
    public TensorTableReader(ReadOnlySpan<byte> preface, in FrameHead frame, in ResultHead result)
        : this(preface, frame, result.TableByteSize, result.OutputCount, result.OutputCount)
    {
    }

    private TensorTableReader(ReadOnlySpan<byte> preface, in FrameHead frame, int tableByteSize, int tensorCount, int count)
    {
        _frameByteSize = frame.FrameByteSize;
        _tensorCount = tensorCount;
        _count = count;
        _remaining = TensorTable.Slice(preface, frame, tableByteSize);
        _layout = new DataLayout(TensorTable.GetPrefaceByteSize(frame, tableByteSize));
    }

    /// <summary>What is wrong, as far as the table was read; at its end that holds for the frame's length too.</summary>
    public WireFault Fault { get; private set; }

    /// <summary>Reads the next entry.</summary>
    /// <param name="entry">The entry: of an infer the inputs first, then the outputs that are asked for.</param>
    /// <param name="dataOffset">Where its data begins, counted from the frame's head, when it has some in the frame.</param>
    /// <returns><see langword="false"/> at the end, and where <see cref="Fault"/> says that something is wrong.</returns>
    public bool TryRead(out TensorEntry entry, out long dataOffset)
    {
        dataOffset = 0;
        if (Fault != WireFault.None || _read == _count)
        {
            entry = default;
            Fault = Fault != WireFault.None ? Fault : CheckEnd();
            return false;
        }

        Fault = TensorEntry.TryRead(ref _remaining, out entry);
        if (Fault == WireFault.None)
        {
            Fault = _read < _tensorCount ? PlaceTensor(entry, out dataOffset) : CheckWish(entry);
        }

        _read++;
        return Fault == WireFault.None;
    }

    private WireFault PlaceTensor(in TensorEntry entry, out long dataOffset)
    {
        dataOffset = 0;
        if (entry.DataType == DataType.Invalid)
        {
            return WireFault.Tensor;
        }

        // The bound keeps the sum of as many as a table holds below what a number holds.
        if (entry.ByteSize > WireFormat.LongestBody)
        {
            return WireFault.Data;
        }

        dataOffset = entry.Place == TensorPlace.Frame ? _layout.Place(entry.ByteSize) : 0;
        return WireFault.None;
    }

    private static WireFault CheckWish(in TensorEntry entry) =>
        entry.DataType != DataType.Invalid || entry.Shape.Rank != 0 ? WireFault.Tensor
        : entry.Place == TensorPlace.Frame && entry.ByteSize != 0 ? WireFault.Data
        : WireFault.None;

    private readonly WireFault CheckEnd() => !_remaining.IsEmpty ? WireFault.Table : _layout.FrameByteSize != _frameByteSize ? WireFault.Data : WireFault.None;
}
