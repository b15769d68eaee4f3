using System.IO.Pipelines;
using Camshaft.Backends;
using Camshaft.Transport.Binary.Connections;
using Camshaft.Transport.Binary.Requests;
using Camshaft.Transport.Wire;
using Microsoft.Extensions.Logging;

namespace Camshaft.Transport.Binary.Sending;

/// <summary>
/// Writes frames into a connection's pipe, results straight from the memory that the outputs lie in. Used by the one who is
/// the sender at the time.
/// </summary>
internal sealed partial class FrameWriter(PipeWriter output, ConnectionWatch watch, ILogger logger)
{
    // Each flush of a large result waits for the network; less than this is written in between for no gain.
    private const int FlushByteSize = 256 << 10;

    private long _unflushed;
    private BinaryRequest? _result;
    private int _output;
    private int _written;
    private long _position;

    /// <summary>Whether something was written that was not flushed.</summary>
    public bool HasUnflushed => _unflushed > 0;

    /// <summary>Whether it is time for a flush.</summary>
    public bool IsFull => _unflushed >= FlushByteSize;

    /// <summary>Whether a result has begun and is not whole.</summary>
    public bool IsAmidResult => _result is not null;

    /// <summary>The longest result that the client takes, as its hello says.</summary>
    public long LongestResult { get; set; } = long.MaxValue;

    /// <summary>Writes a frame that has been made.</summary>
    public void Write(ReadOnlySpan<byte> frame)
    {
        frame.CopyTo(output.GetSpan(frame.Length));
        Advance(frame.Length);
    }

    /// <summary>Works out how long a result is.</summary>
    /// <returns><see langword="false"/>: it is longer than the client takes, and has been refused.</returns>
    public bool TryMeasure(BinaryRequest result, out long byteSize)
    {
        byteSize = Measure(result, out _, out _);
        if (byteSize <= LongestResult)
        {
            return true;
        }

        result.Fail(new InferenceStatus(StatusCode.ResourceExhausted, $"{result.Inference.Model}: the result has {byteSize} bytes; the client takes {LongestResult}."), FrameFlags.None);
        return false;
    }

    /// <summary>Begins a result: from here on the client may use its id and its credit again. The request is the writer's.</summary>
    public void Begin(BinaryRequest result)
    {
        _result = result;
        _output = 0;
        _written = 0;
        result.BeginAnswer();
        _position = WritePreface(result);
    }

    /// <summary>Goes on with a result until it is whole, whereupon the request is given back, or until <see cref="IsFull"/>.</summary>
    public void Continue()
    {
        var (inference, regions) = (_result!.Inference, _result.Regions);
        for (; _output < inference.Signature.Outputs.Count; _output++, _written = 0)
        {
            var byteSize = inference.HasOutput(_output) && !regions.TryGetOutput(_output, out _) ? inference.GetOutput(_output).ByteSize : 0;
            if (byteSize > 0 && _written == 0)
            {
                _position = WriteZeros(_position, WireFormat.DataAlignment) + byteSize;
            }

            while (_written < byteSize)
            {
                if (IsFull)
                {
                    return;
                }

                _written += WritePart(inference.GetOutput(_output).Bytes[_written..]);
            }
        }

        WriteZeros(_position, WireFormat.Alignment);
        inference.MarkSent();
        Drop();
    }

    /// <summary>Gives the request of a result back that is whole, or not to be continued.</summary>
    public void Drop()
    {
        var result = _result;
        _result = null;
        result?.Release();
    }

    /// <summary>Hands what was written to the socket.</summary>
    /// <returns>To be awaited, and given to <see cref="EndFlush"/>.</returns>
    public ValueTask<FlushResult> BeginFlushAsync()
    {
        watch.BeginSend(_unflushed);
        _unflushed = 0;
        return output.FlushAsync();
    }

    /// <returns><see langword="false"/> when the client cannot be reached any more.</returns>
    public bool EndFlush(in FlushResult result)
    {
        watch.EndSend();
        return !result.IsCompleted;
    }

    /// <summary>Takes note of why nothing more can be written.</summary>
    public void OnFailed(Exception exception)
    {
        if (exception is not (IOException or OperationCanceledException))
        {
            Log.Failed(logger, exception);
        }
    }

    private static long Measure(BinaryRequest result, out int count, out int tableByteSize)
    {
        var (inference, regions) = (result.Inference, result.Regions);
        count = 0;
        tableByteSize = 0;
        var outputs = inference.Signature.Outputs.Count;
        for (var i = 0; i < outputs; i++)
        {
            if (inference.HasOutput(i))
            {
                count++;
                tableByteSize += TensorEntry.GetByteSize(inference.GetOutput(i).Shape.Length, regions.TryGetOutput(i, out _) ? TensorPlace.Region : TensorPlace.Frame);
            }
        }

        var layout = new DataLayout(WireFormat.HeadByteSize + tableByteSize);
        for (var i = 0; i < outputs; i++)
        {
            if (inference.HasOutput(i) && !regions.TryGetOutput(i, out _))
            {
                layout.Place(inference.GetOutput(i).ByteSize);
            }
        }

        return layout.FrameByteSize;
    }

    private int WritePreface(BinaryRequest result)
    {
        var inference = result.Inference;
        var frameByteSize = Measure(result, out var count, out var tableByteSize);
        var preface = output.GetSpan(WireFormat.HeadByteSize + tableByteSize);
        new FrameHead(FrameKind.Result, FrameFlags.None, 0, frameByteSize - WireFormat.HeadByteSize, result.Id, result.Charge).Write(preface);
        new ResultHead(0, count, tableByteSize, inference.Model.Number).Write(preface);
        var table = preface[WireFormat.HeadByteSize..];
        for (var i = 0; i < inference.Signature.Outputs.Count; i++)
        {
            if (inference.HasOutput(i))
            {
                var tensor = inference.GetOutput(i);
                var place = result.Regions.TryGetOutput(i, out var region) ? TensorPlace.Region : TensorPlace.Frame;
                new TensorEntry
                {
                    Index = i,
                    DataType = tensor.DataType,
                    Shape = new Shape(tensor.Shape),
                    Place = place,
                    ByteSize = tensor.ByteSize,
                    Region = region.Number,
                    Offset = region.Offset,
                }.Write(ref table);
            }
        }

        Advance(WireFormat.HeadByteSize + tableByteSize);
        return WireFormat.HeadByteSize + tableByteSize;
    }

    private int WritePart(ReadOnlySpan<byte> rest)
    {
        var room = output.GetSpan();
        var part = Math.Min(rest.Length, room.Length);
        rest[..part].CopyTo(room);
        Advance(part);
        return part;
    }

    private long WriteZeros(long position, int alignment)
    {
        var count = (int)(-position & (alignment - 1));
        output.GetSpan(alignment)[..count].Clear();
        Advance(count);
        return position + count;
    }

    private void Advance(int byteSize)
    {
        output.Advance(byteSize);
        _unflushed += byteSize;
    }

    private static partial class Log
    {
        [LoggerMessage(702, LogLevel.Error, "An answer could not be written.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
