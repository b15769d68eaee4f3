using System.Net.Sockets;
using Camshaft.Backends;
using Camshaft.Transport.Wire;
using Camshaft.Transport.Wire.Tests.Support;

namespace Camshaft.Client.Tests.Support;

/// <summary>The server's end of a connection, frame by frame. Its model has one UINT8 input <c>in</c> and one output <c>out</c>.</summary>
internal sealed class ScriptedConnection(Socket socket) : IDisposable
{
    private const int IdOffset = 16;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly NetworkStream _stream = new(socket, ownsSocket: true);
    private byte[] _buffer = new byte[16 << 10];
    private int _filled;

    public FrameImage Hello { get; private set; } = null!;

    public async Task GreetAsync(int requestLimit, long window)
    {
        await SendAsync(new FrameImage(FrameKind.Hello, 0) { Credit = window, Own = new HelloHead(1, 1, 0, WireFeatures.None, 1 << 30, (uint)requestLimit, 100) });
        Hello = await ReceiveAsync(FrameKind.Hello);
    }

    /// <summary>Receives a frame of a kind; pings in between are answered.</summary>
    public async Task<FrameImage> ReceiveAsync(FrameKind kind)
    {
        while (true)
        {
            var frame = await ReceiveAsync() ?? throw new EndOfStreamException($"The client ended the connection; expected {kind}.");
            if (frame.Kind == kind)
            {
                return frame;
            }

            Assert.Equal(FrameKind.Ping, frame.Kind);
            await SendAsync(new FrameImage(FrameKind.Pong, frame.Id));
        }
    }

    /// <summary>Receives an open and answers it.</summary>
    public async Task OpenAsync(uint handle = 0) => await AnswerOpenAsync(await ReceiveAsync(FrameKind.Open), handle);

    /// <summary>Answers an open.</summary>
    public Task AnswerOpenAsync(FrameImage open, uint handle) => SendAsync(new FrameImage(FrameKind.Opened, open.Id)
    {
        Own = new OpenedHead(handle, 1, 1, 1),
        Signature = [new TensorSpec("in", DataType.UInt8, new Shape(-1)), new TensorSpec("out", DataType.UInt8, new Shape(-1))],
    });

    /// <summary>Answers an infer with its own input.</summary>
    public Task AnswerAsync(FrameImage infer) => SendAsync(new FrameImage(FrameKind.Result, infer.Id)
    {
        Credit = infer.Write().Length,
        Own = new ResultHead(0, 1, 0, 1),
        Tensors = [infer.Tensors[0]],
        Data = infer.Data,
    });

    public Task RefuseAsync(ulong id, StatusCode code, FrameFlags flags, TimeSpan retryAfter = default) => SendAsync(new FrameImage(FrameKind.Error, id)
    {
        Flags = flags,
        Own = new StatusHead(code, (long)retryAfter.TotalMicroseconds, 0),
        Text = "refused",
    });

    public Task SendGoAwayAsync(StatusCode code) => SendAsync(new FrameImage(FrameKind.GoAway, 0) { Own = new StatusHead(code, 0, 0), Text = "going" });

    public async Task SendAsync(FrameImage frame) => await _stream.WriteAsync(frame.Write());

    /// <summary>Receives a frame; null at the connection's end.</summary>
    public async Task<FrameImage?> ReceiveAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var fault = FrameParser.TryRead(_buffer.AsSpan(0, _filled), out var frame);
            if (fault == WireFault.None)
            {
                FrameHead.TryRead(_buffer, out var head);
                _filled -= (int)head.FrameByteSize;
                Buffer.BlockCopy(_buffer, (int)head.FrameByteSize, _buffer, 0, _filled);
                return frame;
            }

            Assert.True(fault == WireFault.Incomplete, fault.Describe());
            if (_filled == _buffer.Length)
            {
                Array.Resize(ref _buffer, _filled * 2);
            }

            var received = await _stream.ReadAsync(_buffer.AsMemory(_filled), patience.Token);
            if (received == 0)
            {
                return null;
            }

            _filled += received;
        }
    }

    /// <summary>Answers infers that are all like one with the same result and without an allocation, until the client leaves.</summary>
    public async Task EchoAsync(FrameImage infer)
    {
        Assert.Equal(0, _filled);
        var request = new byte[infer.Write().Length];
        var result = new FrameImage(FrameKind.Result, 1) { Credit = request.Length, Own = new ResultHead(0, 1, 0, 1), Tensors = [infer.Tensors[0]], Data = infer.Data }.Write();
        while (true)
        {
            for (var filled = 0; filled < request.Length;)
            {
                var received = await _stream.ReadAsync(request.AsMemory(filled)).ConfigureAwait(false);
                if (received == 0)
                {
                    return;
                }

                filled += received;
            }

            request.AsSpan(IdOffset, sizeof(ulong)).CopyTo(result.AsSpan(IdOffset));
            await _stream.WriteAsync(result).ConfigureAwait(false);
        }
    }

    /// <summary>Ends the connection as a killed server does.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _stream.Dispose();
    }

    public void Dispose() => _stream.Dispose();
}
