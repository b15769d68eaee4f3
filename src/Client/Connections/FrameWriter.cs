using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Camshaft.Client.Requests;
using Camshaft.Client.SharedMemory;
using Camshaft.Transport.Wire;

namespace Camshaft.Client.Connections;

/// <summary>Writes frames into a connection's pipe, inputs straight from the memory of the caller. Used by the one who is the sender at the time.</summary>
internal sealed class FrameWriter(PipeWriter output, Socket? socket)
{
    // Each flush of a large request waits for the network; less than this is written in between for no gain.
    private const int FlushByteSize = 256 << 10;

    private long _unflushed;

    /// <summary>Writes a frame that has been made.</summary>
    public void Write(ReadOnlySpan<byte> frame)
    {
        frame.CopyTo(output.GetSpan(frame.Length));
        Advance(frame.Length);
    }

    /// <summary>Sends a frame with a descriptor, after what was written before.</summary>
    public async ValueTask SendAsync(byte[] frame, SafeHandle descriptor)
    {
        await FlushAsync().ConfigureAwait(false);
        try
        {
            await DescriptorSender.SendAsync(socket!, frame, descriptor).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The memory is gone, and nobody waits for the answer; where it is the socket, the next frame tells.
        }
    }

    /// <summary>Writes an infer.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteAsync(InferenceCall call, ulong id, InferLayout layout)
    {
        WritePreface(call, id, layout);
        long position = layout.PrefaceByteSize;
        for (var i = 0; i < call.InputCount; i++)
        {
            var byteSize = call.Inputs[i].SentByteSize;
            if (byteSize == 0)
            {
                continue;
            }

            position = WriteZeros(position, WireFormat.DataAlignment);
            for (var written = 0; written < byteSize;)
            {
                written += WritePart(call, i, written, byteSize - written);
                if (_unflushed >= FlushByteSize)
                {
                    await FlushAsync().ConfigureAwait(false);
                }
            }

            position += byteSize;
        }

        WriteZeros(position, WireFormat.Alignment);
    }

    /// <summary>Hands what was written to the socket.</summary>
    public ValueTask FlushAsync()
    {
        if (_unflushed == 0)
        {
            return default;
        }

        _unflushed = 0;
        var flush = output.FlushAsync();
        if (!flush.IsCompletedSuccessfully)
        {
            return AwaitAsync(flush);
        }

        _ = flush.Result;
        return default;

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
        static async ValueTask AwaitAsync(ValueTask<FlushResult> flush) => await flush.ConfigureAwait(false);
    }

    private void WritePreface(InferenceCall call, ulong id, in InferLayout layout)
    {
        var preface = output.GetSpan(layout.PrefaceByteSize)[..layout.PrefaceByteSize];
        var (outputs, regions) = (call.Options.Outputs, call.Options.OutputRegions);

        // One that is over has a moment left: it is about to be ended here, and 0 would mean any time.
        var timeout = call.Left is { } left ? Math.Max(1, (long)left.TotalMicroseconds) : 0;
        new FrameHead(FrameKind.Infer, FrameFlags.None, layout.FieldsByteSize, layout.FrameByteSize - WireFormat.HeadByteSize, id, 0).Write(preface);
        new InferHead(call.Opened.Handle, call.InputCount, outputs.Count + regions.Count, layout.TableByteSize, (uint)call.Options.Priority, timeout).Write(preface);
        WriteFields(call, preface.Slice(WireFormat.HeadByteSize, layout.FieldsByteSize));
        var table = preface[(WireFormat.HeadByteSize + layout.FieldsByteSize)..];
        var signature = call.Opened.Signature;
        foreach (ref readonly var input in call.Inputs)
        {
            input.ToEntry(InferLayout.FindIndex(signature.Inputs, input.Name)).Write(ref table);
        }

        for (var i = 0; i < outputs.Count; i++)
        {
            new TensorEntry { Index = InferLayout.FindIndex(signature.Outputs, outputs[i]) }.Write(ref table);
        }

        for (var i = 0; i < regions.Count; i++)
        {
            var (name, place) = (regions[i].Name, regions[i].Place);
            new TensorEntry { Index = InferLayout.FindIndex(signature.Outputs, name), Place = TensorPlace.Region, ByteSize = place.ByteSize, Region = place.Region.Number, Offset = place.Offset }.Write(ref table);
        }

        Advance(layout.PrefaceByteSize);
    }

    private static void WriteFields(InferenceCall call, Span<byte> fields)
    {
        if (fields.IsEmpty)
        {
            return;
        }

        scoped var writer = new FieldWriter(fields);
        if (call.Trace.Exists)
        {
            Span<byte> parent = stackalloc byte[WireFormat.TraceParentByteSize];
            call.Trace.Write(parent);
            writer.Write(FieldNumber.TraceParent, parent);
            if (call.Trace.State is { } state)
            {
                writer.Write(FieldNumber.TraceState, Encoding.UTF8.GetBytes(state));
            }
        }

        if (call.Options.Tags.Count > 0)
        {
            foreach (var (key, value) in call.Options.Tags)
            {
                writer.Write(FieldNumber.Tag, Encoding.UTF8.GetBytes($"{key}={value}"));
            }
        }
    }

    private int WritePart(InferenceCall call, int index, int offset, int rest)
    {
        var room = output.GetSpan();
        var part = Math.Min(rest, room.Length);
        call.CopyInput(index, offset, room[..part]);
        Advance(part);
        return part;
    }

    private long WriteZeros(long position, int alignment)
    {
        var count = (int)(-position & (alignment - 1));
        if (count > 0)
        {
            output.GetSpan(count)[..count].Clear();
            Advance(count);
        }

        return position + count;
    }

    private void Advance(int byteSize)
    {
        output.Advance(byteSize);
        _unflushed += byteSize;
    }
}
