using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Camshaft.Backends;
using Camshaft.Transport.Wire;

namespace Camshaft.Client;

/// <summary>
/// The outputs of a request, in memory that is borrowed from a pool: dispose it when they are read, and keep no span of them. One thread at a time.
/// </summary>
public sealed class InferenceResult : IDisposable
{
    private readonly ModelSignature _signature;
    private readonly IReadOnlyList<OutputRegion> _regions;
    private byte[]? _frame;

    /// <summary>Takes over a result frame in an array from the shared pool. However the result came, it is such a frame.</summary>
    internal InferenceResult(ModelSignature signature, byte[] frame, in ResultHead head, IReadOnlyList<OutputRegion> regions)
    {
        _signature = signature;
        _regions = regions;
        _frame = frame;
        ModelVersion = head.Version;
        Count = head.OutputCount;
    }

    /// <summary>The version of the model that ran.</summary>
    public long ModelVersion { get; }

    /// <summary>How many outputs there are.</summary>
    public int Count { get; }

    /// <summary>An output, by its place in the answer.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="ObjectDisposedException">The result was disposed.</exception>
    public InferenceOutput this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return Read(index);
        }
    }

    /// <summary>An output, by its name.</summary>
    /// <param name="name">Its name in the model's signature.</param>
    /// <exception cref="KeyNotFoundException">The answer has no such output.</exception>
    /// <exception cref="ObjectDisposedException">The result was disposed.</exception>
    public InferenceOutput this[string name] => TryGetOutput(name, out var output)
        ? output
        : throw new KeyNotFoundException($"The answer has no output '{name}'; the model's are {string.Join(", ", _signature.Outputs.Select(static spec => $"'{spec.Name}'"))}.");

    /// <summary>Finds an output.</summary>
    /// <param name="name">Its name in the model's signature.</param>
    /// <param name="output">The output.</param>
    /// <exception cref="ObjectDisposedException">The result was disposed.</exception>
    public bool TryGetOutput(string name, [MaybeNullWhen(false)] out InferenceOutput output)
    {
        for (var i = 0; i < Count; i++)
        {
            output = Read(i);
            if (output.Name == name)
            {
                return true;
            }
        }

        output = default;
        return false;
    }

    /// <summary>Gives the memory back. Spans of outputs are not valid any more.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _frame, null) is { } frame)
        {
            ArrayPool<byte>.Shared.Return(frame);
        }
    }

    /// <summary>Where an output was wanted; null = in the frame.</summary>
    internal static RegionSlice? FindPlace(IReadOnlyList<OutputRegion> regions, string name)
    {
        for (var i = 0; i < regions.Count; i++)
        {
            if (regions[i].Name == name)
            {
                return regions[i].Place;
            }
        }

        return null;
    }

    private InferenceOutput Read(int index)
    {
        var frame = _frame;
        ObjectDisposedException.ThrowIf(frame is null, this);
        FrameHead.TryRead(frame, out var head);
        _ = ResultHead.TryRead(frame, head, out var result);
        var reader = new TensorTableReader(frame, head, result);
        for (var i = 0; reader.TryRead(out var entry, out var offset); i++)
        {
            if (i == index)
            {
                var name = _signature.Outputs[entry.Index].Name;
                if (entry.Place == TensorPlace.Frame)
                {
                    return new InferenceOutput(name, entry.DataType, entry.Shape, frame.AsSpan((int)offset, (int)entry.ByteSize));
                }

                var place = FindPlace(_regions, name)!.Value;
                return place.Region.IsCudaMemory
                    ? new InferenceOutput(name, entry.DataType, entry.Shape)
                    : new InferenceOutput(name, entry.DataType, entry.Shape, place.Bytes[..(int)entry.ByteSize]);
            }
        }

        throw new InvalidOperationException("The table was checked when the result came.");
    }
}
