using System.Text;
using Camshaft.Backends;
using Camshaft.Transport.Wire;

namespace Camshaft.Transport.Binary.Sending;

/// <summary>Makes the frames that carry no tensors, each in an array of its own: none of them is sent for a request that succeeds.</summary>
internal static class ControlFrames
{
    // A message is for people; the longest that a frame could hold is not.
    private const int LongestMessage = 8 << 10;

    public static byte[] Hello(BinaryTransportOptions options, WireFeatures features)
    {
        var agent = Encoding.UTF8.GetBytes(options.Agent);
        var fields = FieldWriter.GetByteSize(agent.Length);
        var frame = Create(new FrameHead(FrameKind.Hello, FrameFlags.None, fields, fields, 0, options.WindowByteSize));
        new HelloHead(
            WireFormat.Version,
            WireFormat.Version,
            (uint)Math.Min(options.IdleTimeout.TotalMilliseconds, uint.MaxValue),
            features,
            options.FrameByteSizeLimit,
            (uint)options.RequestLimit,
            (uint)options.HandleLimit).Write(frame);
        var writer = new FieldWriter(frame.AsSpan(WireFormat.HeadByteSize));
        writer.Write(FieldNumber.Agent, agent);
        return frame;
    }

    /// <returns>Null when the signature is longer than a frame without tensors may be.</returns>
    public static byte[]? Opened(ulong id, uint handle, long version, ModelSignature signature)
    {
        long byteSize = SignatureEntry.GetByteSize(signature);
        if (WireFormat.HeadByteSize + byteSize > WireFormat.LongestPreface)
        {
            return null;
        }

        var frame = Create(new FrameHead(FrameKind.Opened, id, byteSize));
        new OpenedHead(handle, signature.Inputs.Count, signature.Outputs.Count, version).Write(frame);
        var rest = frame.AsSpan(WireFormat.HeadByteSize);
        SignatureEntry.Write(ref rest, signature);
        return frame;
    }

    public static byte[] Done(ulong id) => Create(new FrameHead(FrameKind.Done, id, 0));

    public static byte[] Pong(ulong id) => Create(new FrameHead(FrameKind.Pong, id, 0));

    /// <summary>Ends a request without success.</summary>
    /// <param name="id">The request.</param>
    /// <param name="status">How it ended.</param>
    /// <param name="flags">What the client may conclude from it.</param>
    /// <param name="credit">The credit that the request had taken.</param>
    public static byte[] Error(ulong id, in InferenceStatus status, FrameFlags flags, long credit) =>
        Status(FrameKind.Error, flags, id, credit, status, status.RetryAfter ?? TimeSpan.Zero);

    /// <summary>Ends the connection.</summary>
    public static byte[] GoAway(in InferenceStatus status) => Status(FrameKind.GoAway, FrameFlags.None, 0, 0, status, TimeSpan.Zero);

    /// <summary>Ends the connection in order: what was read is answered.</summary>
    public static byte[] GoAway(string message, TimeSpan time) => Status(FrameKind.GoAway, FrameFlags.None, 0, 0, StatusCode.Ok, message, time);

    private static byte[] Status(FrameKind kind, FrameFlags flags, ulong id, long credit, in InferenceStatus status, TimeSpan time) =>
        Status(kind, flags, id, credit, status.Code, status.Message, time);

    private static byte[] Status(FrameKind kind, FrameFlags flags, ulong id, long credit, StatusCode code, string message, TimeSpan time)
    {
        var text = message.Length > LongestMessage ? message.AsSpan(0, LongestMessage) : message;
        var byteSize = Encoding.UTF8.GetByteCount(text);
        var frame = Create(new FrameHead(kind, flags, 0, TextBlock.GetByteSize(byteSize), id, credit));
        new StatusHead(code, Math.Max(0, (long)time.TotalMicroseconds), byteSize).Write(frame);
        TextBlock.Write(frame.AsSpan(WireFormat.HeadByteSize), text);
        return frame;
    }

    private static byte[] Create(FrameHead head)
    {
        var frame = new byte[head.FrameByteSize];
        head.Write(frame);
        return frame;
    }
}
