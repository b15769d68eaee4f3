using System.Text;
using Camshaft.Backends;
using Camshaft.Client.SharedMemory;
using Camshaft.Transport.Wire;

namespace Camshaft.Client.Connections;

/// <summary>Makes the frames that carry no tensors.</summary>
internal static class ControlFrames
{
    public static byte[] Hello(CamshaftClientOptions options)
    {
        var agent = Encoding.UTF8.GetBytes(options.Agent);
        agent = agent.Length <= WireFormat.LongestAgent ? agent : [];
        var key = options.ApiKey is null ? null : Encoding.UTF8.GetBytes(options.ApiKey);
        var fields = FieldWriter.GetByteSize(agent.Length) + (key is null ? 0 : FieldWriter.GetByteSize(key.Length));
        var frame = new byte[WireFormat.HeadByteSize + fields];

        // What results may take is bounded by the requests that are in flight, so they need no credit.
        new FrameHead(FrameKind.Hello, FrameFlags.None, fields, fields, 0, WireFormat.UnboundedCredit).Write(frame);
        var features = WireFeatures.CudaMemory | (OperatingSystem.IsLinux() ? WireFeatures.SealedMemory | WireFeatures.NamedMemory : WireFeatures.None);
        new HelloHead(WireFormat.Version, WireFormat.Version, 0, features, options.ResultByteSizeLimit, 0, 0).Write(frame);
        var writer = new FieldWriter(frame.AsSpan(WireFormat.HeadByteSize));
        writer.Write(FieldNumber.Agent, agent);
        if (key is not null)
        {
            writer.Write(FieldNumber.ApiKey, key);
        }

        return frame;
    }

    public static byte[] Open(ulong id, string name, long? version)
    {
        var nameByteSize = Encoding.UTF8.GetByteCount(name);
        var frame = new byte[WireFormat.HeadByteSize + TextBlock.GetByteSize(nameByteSize)];
        new FrameHead(FrameKind.Open, id, frame.Length - WireFormat.HeadByteSize).Write(frame);
        new OpenHead(version ?? OpenHead.HighestReady, nameByteSize).Write(frame);
        TextBlock.Write(frame.AsSpan(WireFormat.HeadByteSize), name);
        return frame;
    }

    public static byte[] Close(ulong id, uint handle)
    {
        var frame = Head(FrameKind.Close, id);
        new TargetHead(handle).Write(frame);
        return frame;
    }

    public static byte[] Register(ulong id, SharedRegion region)
    {
        if (region.Cuda is { } cuda)
        {
            return Register(id, region, cuda);
        }

        var name = region.Mapped.Name;
        var nameByteSize = Encoding.UTF8.GetByteCount(name);
        var frame = new byte[WireFormat.HeadByteSize + TextBlock.GetByteSize(nameByteSize)];
        new FrameHead(FrameKind.Register, id, frame.Length - WireFormat.HeadByteSize).Write(frame);
        new RegisterHead(region.Number, region.Kind, 0, region.ByteSize, nameByteSize).Write(frame);
        TextBlock.Write(frame.AsSpan(WireFormat.HeadByteSize), name);
        return frame;
    }

    public static byte[] Unregister(ulong id, uint region)
    {
        var frame = Head(FrameKind.Unregister, id);
        new TargetHead(region).Write(frame);
        return frame;
    }

    public static byte[] Cancel(ulong id) => Head(FrameKind.Cancel, id);

    public static byte[] Ping() => Head(FrameKind.Ping, 0);

    public static byte[] Pong(ulong id) => Head(FrameKind.Pong, id);

    public static byte[] GoAway()
    {
        var frame = Head(FrameKind.GoAway, 0);
        new StatusHead(StatusCode.Ok, 0, 0).Write(frame);
        return frame;
    }

    private static byte[] Register(ulong id, SharedRegion region, CudaMemory cuda)
    {
        var frame = new byte[WireFormat.HeadByteSize + RegisterHead.HandleByteSize];
        new FrameHead(FrameKind.Register, id, RegisterHead.HandleByteSize).Write(frame);
        new RegisterHead(region.Number, RegionKind.Cuda, cuda.Offset, region.ByteSize, RegisterHead.HandleByteSize) { Ordinal = (uint)cuda.Ordinal }.Write(frame);
        cuda.Handle.CopyTo(frame, WireFormat.HeadByteSize);
        return frame;
    }

    private static byte[] Head(FrameKind kind, ulong id)
    {
        var frame = new byte[WireFormat.HeadByteSize];
        new FrameHead(kind, id, 0).Write(frame);
        return frame;
    }
}
