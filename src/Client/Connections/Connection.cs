using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Camshaft.Backends;
using Camshaft.Client.Endpoints;
using Camshaft.Client.Requests;
using Camshaft.Transport.Wire;

namespace Camshaft.Client.Connections;

/// <summary>
/// One connection to a server: puts sender, receiver and table together, and decides when it is over. It is made when the hellos are exchanged; its
/// receive loop runs from then on. Any thread.
/// </summary>
internal sealed class Connection : IAsyncDisposable
{
    private readonly Endpoint _endpoint;
    private readonly Stream _stream;
    private readonly InFlightTable _inFlight = new();
    private readonly Receiver _receiver;
    private readonly Sender _sender;
    private readonly TaskCompletionSource _leaving = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private KeepAlive? _keepAlive;
    private int _isOver;

    private Connection(Endpoint endpoint, Stream stream, CamshaftClientOptions options)
    {
        _endpoint = endpoint;
        _stream = stream;
        _receiver = new Receiver(stream);
        var writer = new FrameWriter(PipeWriter.Create(stream, new StreamPipeWriterOptions(minimumBufferSize: 64 << 10, leaveOpen: true)), (stream as NetworkStream)?.Socket);
        _sender = new Sender(writer, _inFlight, options.QueueLimit) { Broken = OnBroken };
        Models = new ModelHandles(_sender, _inFlight);
        Regions = new Regions(endpoint.Name, _sender, _inFlight);
    }

    /// <summary>The models that are open on it.</summary>
    public ModelHandles Models { get; }

    /// <summary>The memory that its server shares.</summary>
    public Regions Regions { get; }

    /// <summary>Where its server is.</summary>
    public Endpoint Endpoint => _endpoint;

    /// <summary>Completes when it takes no more requests.</summary>
    public Task Leaving => _leaving.Task;

    /// <summary>Completes when it is closed.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Why it takes no more requests.</summary>
    public string? EndReason { get; private set; }

    /// <summary>How many requests wait for it or on it.</summary>
    public int Outstanding => _inFlight.Count + _sender.Queued;

    /// <summary>Makes one.</summary>
    /// <exception cref="InferenceException">The server does not want it, or is none.</exception>
    public static async Task<Connection> OpenAsync(Endpoint endpoint, CamshaftClientOptions options, CancellationToken cancellationToken)
    {
        var stream = await endpoint.ConnectAsync(cancellationToken).ConfigureAwait(false);

        // Whoever reads is let go by the stream's end, so that no read needs a token of its own.
        await using var giveUp = cancellationToken.UnsafeRegister(static state => ((Stream)state!).Dispose(), stream).ConfigureAwait(false);
        var connection = new Connection(endpoint, stream, options);
        try
        {
            await stream.WriteAsync(ControlFrames.Hello(options), cancellationToken).ConfigureAwait(false);
            var hello = await connection.ReceiveHelloAsync().ConfigureAwait(false);
            connection.Start(hello, options);
            return connection;
        }
        catch (InvalidDataException exception)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw new InferenceException(StatusCode.Unavailable, $"{endpoint.Name}: {exception.Message}", exception);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }

    /// <summary>Sends a request; the connection owns it until it has ended.</summary>
    public void Send(InferenceCall call) => _sender.Send(call);

    /// <summary>Takes the interest in a request back.</summary>
    public void Cancel(ulong id) => _sender.Send(ControlFrames.Cancel(id));

    /// <summary>Ends it: the client wants nothing more.</summary>
    public async ValueTask DisposeAsync()
    {
        _sender.Send(ControlFrames.GoAway());
        End(new InferenceStatus(StatusCode.Cancelled, "The client was disposed."), AttemptFlags.Local);
        _keepAlive?.Dispose();
        await _ended.Task.ConfigureAwait(false);
    }

    private async Task<HelloHead> ReceiveHelloAsync()
    {
        var head = await _receiver.ReadHeadAsync().ConfigureAwait(false) ?? throw new EndOfStreamException("The server ended the connection without a word.");
        if (head.Kind is not (FrameKind.Hello or FrameKind.GoAway))
        {
            throw new InvalidDataException($"The server sent {head.Kind}; expected a hello.");
        }

        var frame = (await _receiver.ReadFrameAsync((int)head.FrameByteSize).ConfigureAwait(false)).Span;
        if (head.Kind == FrameKind.GoAway)
        {
            var status = Answers.ReadGoAway(frame, head, out _);
            throw new InferenceException(new InferenceStatus(status.Code, $"{_endpoint.Name}: {status.Message}"), notBegun: true);
        }

        if (HelloHead.TryRead(frame, out var hello) != WireFault.None || hello.HighestVersion != WireFormat.Version || hello.RequestLimit == 0)
        {
            throw new InvalidDataException($"The server speaks version {hello.HighestVersion} of the protocol; expected {WireFormat.Version}.");
        }

        _sender.Begin(hello, head.Credit);
        Regions.Features = hello.Features;
        _receiver.Consume((int)head.FrameByteSize);
        return hello;
    }

    private void Start(in HelloHead hello, CamshaftClientOptions options)
    {
        // Three times within what the server allows: a ping is a sign of life.
        var idle = hello.IdleMilliseconds == 0 ? TimeSpan.MaxValue : TimeSpan.FromMilliseconds(Math.Max(1, hello.IdleMilliseconds / 3));
        _keepAlive = new KeepAlive(
            options.KeepAlive < idle ? options.KeepAlive : idle,
            options.TimeProvider,
            () => _sender.Send(ControlFrames.Ping()),
            () => End(new InferenceStatus(StatusCode.Unavailable, $"{_endpoint.Name} does not answer pings; whether the request ran is not known."), AttemptFlags.None));
        _ = RunAsync();
    }

    private async Task RunAsync()
    {
        try
        {
            while (await _receiver.ReadHeadAsync().ConfigureAwait(false) is { } head)
            {
                _keepAlive!.OnFrame();
                await ReceiveAsync(head).ConfigureAwait(false);
            }

            End(Lost("the server ended it"), AttemptFlags.None);
        }
        catch (Exception exception)
        {
            OnBroken(exception);
        }
        finally
        {
            _keepAlive!.Dispose();
            await _stream.DisposeAsync().ConfigureAwait(false);
            _ended.TrySetResult();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReceiveAsync(FrameHead head)
    {
        if (head.Kind is FrameKind.Result)
        {
            await ReceiveResultAsync(head).ConfigureAwait(false);
        }
        else if (head.IsKnown && !head.TakesCredit)
        {
            var frame = await _receiver.ReadFrameAsync((int)head.FrameByteSize).ConfigureAwait(false);
            Receive(head, frame.Span);
            _receiver.Consume((int)head.FrameByteSize);
        }
        else if ((head.Flags & FrameFlags.MayBeIgnored) != 0)
        {
            await _receiver.SkipAsync(head.FrameByteSize).ConfigureAwait(false);
        }
        else
        {
            throw Unexpected(head);
        }

        _sender.OnReceived(head.Credit);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReceiveResultAsync(FrameHead head)
    {
        if (head.FrameByteSize > Array.MaxLength || _inFlight.Find(head.Id) is not InferenceCall call)
        {
            throw Unexpected(head);
        }

        // It stays in the table until its answer is here, so that it ends when the connection does before.
        var (signature, regions) = (call.Opened.Signature, call.Options.OutputRegions);
        var frame = await _receiver.TakeFrameAsync((int)head.FrameByteSize).ConfigureAwait(false);
        InferenceResult result;
        try
        {
            result = Answers.ReadResult(frame, head, signature, regions);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(frame);
            throw;
        }

        if (_inFlight.TryRemove(head.Id, out _))
        {
            // Still in the table, so still this request's.
            call.Complete(new AttemptEnd(InferenceStatus.Ok, AttemptFlags.None, result));
        }
        else
        {
            result.Dispose();
        }
    }

    private void Receive(in FrameHead head, ReadOnlySpan<byte> frame)
    {
        switch (head.Kind)
        {
            case FrameKind.Error when _inFlight.TryRemove(head.Id, out var request):
                var (status, flags) = Answers.ReadError(frame, head);
                request.Fail(status, flags);
                break;
            case FrameKind.Opened when _inFlight.Find(head.Id) is PendingOpen open:
                var opened = Answers.ReadOpened(frame, head, open.Model);
                _inFlight.TryRemove(head.Id, out _);
                open.Complete(opened);
                break;
            case FrameKind.Done when _inFlight.TryRemove(head.Id, out var done):
                (done as PendingRegion)?.Complete();
                break;
            case FrameKind.Pong:
            case FrameKind.Credit:
                break;
            case FrameKind.Ping:
                _sender.Send(ControlFrames.Pong(head.Id));
                break;
            case FrameKind.GoAway:
                OnGoAway(Answers.ReadGoAway(frame, head, out var goAway), goAway.Code == StatusCode.Ok);
                break;
            default:
                throw Unexpected(head);
        }
    }

    /// <summary>In order, what was sent is still answered, and what was not goes elsewhere; otherwise nothing more comes.</summary>
    private void OnGoAway(in InferenceStatus status, bool isInOrder)
    {
        var reason = new InferenceStatus(status.Code, $"{_endpoint.Name}: {status.Message}");
        if (isInOrder)
        {
            Leave(reason);
        }
        else
        {
            End(reason, AttemptFlags.None);
        }
    }

    private void OnBroken(Exception exception) => End(Lost(exception.Message), AttemptFlags.None);

    private InferenceStatus Lost(string reason) =>
        new(StatusCode.Unavailable, $"The connection to {_endpoint.Name} was lost: {reason}; whether the request ran is not known.");

    private void Leave(in InferenceStatus reason)
    {
        EndReason ??= reason.Message;
        _leaving.TrySetResult();
        _sender.Refuse(reason);
    }

    private void End(in InferenceStatus reason, AttemptFlags flags)
    {
        if (Interlocked.Exchange(ref _isOver, 1) != 0)
        {
            return;
        }

        Leave(reason);
        _sender.Close(reason);
        _stream.Dispose();
        _inFlight.FailAll(reason, flags);
    }

    private static InvalidDataException Unexpected(in FrameHead head) => new($"The server sent {head.Kind} for request {head.Id}, which is not what that waits for.");
}
