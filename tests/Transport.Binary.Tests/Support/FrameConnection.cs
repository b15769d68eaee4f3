using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Camshaft.Backends;
using Camshaft.Transport.Wire;
using Camshaft.Transport.Wire.Tests.Support;

namespace Camshaft.Transport.Binary.Tests.Support;

/// <summary>One connection of the binary protocol, frame by frame or byte by byte: a client that does what a test says and nothing else.</summary>
internal sealed class FrameConnection : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Socket _socket;
    private readonly Stream _stream;
    private byte[] _buffer = new byte[16 << 10];
    private int _filled;

    private FrameConnection(Socket socket, Stream stream)
    {
        _socket = socket;
        _stream = stream;
    }

    /// <summary>The socket, for what goes beside its bytes.</summary>
    public Socket Socket => _socket;

    public static async Task<FrameConnection> OpenAsync(EndPoint endPoint, int receiveBufferByteSize = 0)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, endPoint is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        if (receiveBufferByteSize > 0)
        {
            socket.ReceiveBufferSize = receiveBufferByteSize;
        }

        await socket.ConnectAsync(endPoint);
        return new FrameConnection(socket, new NetworkStream(socket));
    }

    /// <summary>A connection with TLS.</summary>
    public static async Task<FrameConnection> OpenTlsAsync(EndPoint endPoint, X509Certificate2 trusted, params string[] protocols)
    {
        var connection = await OpenAsync(endPoint);
        var stream = new SslStream(connection._stream);
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ApplicationProtocols = [.. protocols.Select(static name => new SslApplicationProtocol(name))],
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { trusted } },
        });
        return new FrameConnection(connection._socket, stream);
    }

    /// <summary>Says hello and takes the server's.</summary>
    public async Task<FrameImage> GreetAsync(string? key = null, long window = WireFormat.UnboundedCredit, long longestResult = 1 << 30, WireFeatures features = WireFeatures.None)
    {
        await SendAsync(Frames.Hello(key, window, longestResult, features));
        return await ReceiveAsync(FrameKind.Hello);
    }

    /// <summary>Opens a model.</summary>
    public async Task<uint> OpenModelAsync(string name, ulong id = 1, long version = OpenHead.HighestReady)
    {
        await SendAsync(Frames.Open(id, name, version));
        var opened = await ReceiveAsync(FrameKind.Opened);
        Assert.Equal(id, opened.Id);
        return ((OpenedHead)opened.Own!).Handle;
    }

    public Task SendAsync(FrameImage frame) => SendAsync(frame.Write());

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        using var patience = new CancellationTokenSource(Patience);
        await _stream.WriteAsync(bytes, patience.Token);
    }

    /// <summary>Receives a frame that is to be of a kind.</summary>
    public async Task<FrameImage> ReceiveAsync(FrameKind kind)
    {
        var frame = await ReceiveAsync();
        Assert.NotNull(frame);
        Assert.True(frame.Kind == kind, $"Received {frame.Kind} {frame.Own} '{frame.Text}'; expected {kind}.");
        return frame;
    }

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
                Assert.Equal(0, _filled);
                return null;
            }

            _filled += received;
        }
    }

    /// <summary>Receives the error that ends a request.</summary>
    public async Task<FrameImage> ReceiveErrorAsync(ulong id, StatusCode code)
    {
        var error = await ReceiveAsync(FrameKind.Error);
        Assert.Equal((id, code), (error.Id, ((StatusHead)error.Own!).Code));
        return error;
    }

    /// <summary>Receives the go-away and then the connection's end.</summary>
    public async Task<string> ReceiveGoAwayAsync(StatusCode code)
    {
        var goAway = await ReceiveAsync(FrameKind.GoAway);
        Assert.Equal(code, ((StatusHead)goAway.Own!).Code);
        EndSending();
        Assert.Null(await ReceiveAsync());
        return goAway.Text;
    }

    /// <summary>Says that nothing more will come.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Ends the connection at once, with a reset.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Dispose();
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }
}
