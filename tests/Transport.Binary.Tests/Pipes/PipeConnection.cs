using System.IO.Pipelines;
using Camshaft.Engine;
using Camshaft.Transport.Binary.Connections;
using Camshaft.Transport.Binary.Regions;
using Camshaft.Transport.Hosting.Access;
using Camshaft.Transport.Wire;
using Camshaft.Transport.Wire.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Camshaft.Transport.Binary.Tests.Pipes;

/// <summary>
/// A connection of the server's over two pipes in memory, so that a test decides which bytes arrive together: what is
/// written has been looked at when the write returns, and lies in blocks of a few bytes.
/// </summary>
internal sealed class PipeConnection : IDuplexPipe, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly AccessControl _access = new(new AccessOptions());
    private readonly Pipe _toServer;
    private readonly Pipe _toClient = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
    private readonly BinaryConnection _connection;
    private readonly Task _run;

    public PipeConnection(InferenceEngine engine, TimeProvider timeProvider, ILogger logger, int blockByteSize)
    {
        _toServer = new Pipe(new PipeOptions(
            new SmallBlockPool(blockByteSize), readerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, minimumSegmentSize: 1, useSynchronizationContext: false));
        var options = new BinaryTransportOptions { FrameByteSizeLimit = 1 << 20, RequestLimit = 8, HandleLimit = 4 };
        _connection = new BinaryConnection(new BinaryServices(engine, _access, options, timeProvider, logger), this, address: null, SharedMemoryOffer.None, abort: static () => { }, CancellationToken.None);
        _run = Task.Run(_connection.RunAsync);
    }

    PipeReader IDuplexPipe.Input => _toServer.Reader;

    PipeWriter IDuplexPipe.Output => _toClient.Writer;

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _toServer.Writer.WriteAsync(bytes);

    /// <summary>Receives a frame; null at the connection's end.</summary>
    public async Task<FrameImage?> ReceiveAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var result = await _toClient.Reader.ReadAsync(patience.Token);
            var bytes = System.Buffers.BuffersExtensions.ToArray(result.Buffer);
            var fault = FrameParser.TryRead(bytes, out var frame);
            if (fault == WireFault.None)
            {
                FrameHead.TryRead(bytes, out var head);
                _toClient.Reader.AdvanceTo(result.Buffer.GetPosition(head.FrameByteSize));
                return frame;
            }

            Assert.True(fault == WireFault.Incomplete, fault.Describe());
            _toClient.Reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (result.IsCompleted)
            {
                Assert.Empty(bytes);
                return null;
            }
        }
    }

    /// <summary>Says that nothing more will come.</summary>
    public async Task EndSendingAsync() => await _toServer.Writer.CompleteAsync();

    /// <summary>Ends the client's side and waits until the connection holds nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        await _toServer.Writer.CompleteAsync();
        await _run.WaitAsync(Patience);
        _connection.Dispose();
        _access.Dispose();
    }
}
