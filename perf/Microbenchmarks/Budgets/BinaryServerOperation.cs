using System.Text;
using Camshaft.Backends;
using Camshaft.Transport.Wire;

namespace Camshaft.Microbenchmarks.Budgets;

/// <summary>A request over the binary protocol, by a client that takes nothing from the managed heap: what is taken is the server's.</summary>
internal sealed class BinaryServerOperation : IBudgetedOperation
{
    private readonly ServerUnderTest _server = new();
    private BlockingSocket _socket = null!;
    private byte[] _request = null!;
    private byte[] _result = null!;

    public async Task StartAsync()
    {
        await _server.StartAsync().ConfigureAwait(false);
        _socket = new BlockingSocket(ServerUnderTest.Connect(_server.BinaryPort));
        var hello = new byte[WireFormat.HeadByteSize];
        new FrameHead(FrameKind.Hello, FrameFlags.None, 0, 0, 0, WireFormat.UnboundedCredit).Write(hello);
        new HelloHead(WireFormat.Version, WireFormat.Version, 0, WireFeatures.None, 1 << 20, 0, 0).Write(hello);
        _socket.Send(hello);
        Receive(FrameKind.Hello);
        _socket.Send(CreateOpen());
        var opened = Receive(FrameKind.Opened);
        OpenedHead.TryRead(opened, out var model);
        _request = CreateInfer(model.Handle);

        // The same tensor comes back: the result is as long.
        _result = new byte[_request.Length];
    }

    public Task RunAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _socket.Send(_request);
            _socket.Receive(_result);
            if (FrameHead.TryRead(_result, out var frame) != WireFault.None || frame.Kind != FrameKind.Result)
            {
                throw new InvalidOperationException($"Received {frame.Kind}.");
            }
        }

        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return _server.DisposeAsync();
    }

    private static byte[] CreateOpen()
    {
        var name = Encoding.UTF8.GetBytes(ServerUnderTest.Model);
        var frame = new byte[WireFormat.HeadByteSize + WireFormat.Align(name.Length)];
        new FrameHead(FrameKind.Open, 1, frame.Length - WireFormat.HeadByteSize).Write(frame);
        new OpenHead(OpenHead.HighestReady, name.Length).Write(frame);
        name.CopyTo(frame, WireFormat.HeadByteSize);
        return frame;
    }

    private static byte[] CreateInfer(uint handle)
    {
        var tensor = new TensorEntry { Index = 0, DataType = DataType.UInt8, Shape = new Shape(ServerUnderTest.ByteSize), ByteSize = ServerUnderTest.ByteSize };
        var layout = new DataLayout(WireFormat.HeadByteSize + tensor.EntryByteSize);
        layout.Place(tensor.ByteSize);
        var frame = new byte[layout.FrameByteSize];
        new FrameHead(FrameKind.Infer, 2, frame.Length - WireFormat.HeadByteSize).Write(frame);
        new InferHead(handle, 1, 0, tensor.EntryByteSize, 0, 0).Write(frame);
        var table = frame.AsSpan(WireFormat.HeadByteSize);
        tensor.Write(ref table);
        return frame;
    }

    private byte[] Receive(FrameKind kind)
    {
        var head = new byte[WireFormat.HeadByteSize];
        _socket.Receive(head);
        if (FrameHead.TryRead(head, out var frame) != WireFault.None || frame.Kind != kind)
        {
            throw new InvalidOperationException($"Received {frame.Kind}; expected {kind}.");
        }

        _socket.Receive(new byte[frame.BodyByteSize]);
        return head;
    }
}
