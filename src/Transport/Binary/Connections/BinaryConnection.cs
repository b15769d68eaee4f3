using System.IO.Pipelines;
using System.Net;
using Camshaft.Backends;
using Camshaft.Transport.Binary.Receiving;
using Camshaft.Transport.Binary.Regions;
using Camshaft.Transport.Binary.Requests;
using Camshaft.Transport.Binary.Sending;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Camshaft.Transport.Binary.Connections;

/// <summary>
/// One connection from its first byte to its end: puts its parts together, runs the receive loop, and sees that whatever
/// ends it, requests in flight are answered or cancelled and everything is given back.
/// </summary>
internal sealed partial class BinaryConnection : IDisposable
{
    // A client that was told that the connection ends closes it by then; one that has not leaves us to do it.
    private const string Stopping = "The server is stopping.";
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    private readonly BinaryServices _services;
    private readonly IDuplexPipe _transport;
    private readonly Action _abort;
    private readonly ConnectionWatch _watch;
    private readonly FrameReader _reader;
    private readonly SendQueue _sender;
    private readonly SendLoop _sendLoop;
    private readonly RequestOwner _owner;
    private readonly MemoryWait _memoryWait;
    private readonly InferGate _gate;
    private readonly ReceiveLoop _loop;
    private int _isEnding;
    private volatile bool _isDraining;
    private long _quietSince;
    private long _lacksCreditSince;

    /// <param name="services">What every connection uses.</param>
    /// <param name="transport">Its bytes.</param>
    /// <param name="address">Where it comes from; null = a Unix socket.</param>
    /// <param name="offer">What of shared memory it may be offered.</param>
    /// <param name="abort">Ends it at once.</param>
    /// <param name="closed">Set when the host has seen the end of what the client sends, read or not.</param>
    public BinaryConnection(BinaryServices services, IDuplexPipe transport, IPAddress? address, SharedMemoryOffer offer, Action abort, CancellationToken closed)
    {
        _services = services;
        _transport = transport;
        _abort = abort;
        _watch = new ConnectionWatch(services.Options, services.TimeProvider);
        _reader = new FrameReader(transport.Input, _watch);
        var writer = new FrameWriter(transport.Output, _watch, services.Logger);
        _sender = new SendQueue { Broken = OnBroken };
        _sendLoop = new SendLoop(_sender, writer);
        _owner = new RequestOwner(services, _sender);
        _memoryWait = new MemoryWait(services.TimeProvider);
        var handles = new HandleTable(services.Options.HandleLimit);
        _gate = new InferGate(services, handles, _owner);
        var infers = new InferReceiver(services, _reader, _gate, _owner, _memoryWait, new DepartureWatch(_reader, _memoryWait, closed));
        var opener = new ModelOpener(services, _gate, handles, _owner);
        var regions = new RegionReceiver(services, offer, _gate, _owner);
        _loop = new ReceiveLoop(services, address, offer, _watch, _reader, infers, _gate, opener, regions, handles, _owner, _sender, writer) { Goodbye = OnGoodbye };
    }

    /// <summary>Serves the connection; returns when it holds nothing any more. Once.</summary>
    public async Task RunAsync()
    {
        _sendLoop.Start();
        try
        {
            await ReceiveAsync().ConfigureAwait(false);

            // Nobody is left to give credit: what there is to say is said without.
            _sender.AddCredit(long.MaxValue);
            await _owner.InFlight.WhenEmptyAsync().ConfigureAwait(false);
            await _sender.WhenIdleAsync().ConfigureAwait(false);
            await LingerAsync().ConfigureAwait(false);
        }
        finally
        {
            _owner.CloseRegions();
            _sender.Break();
            await _transport.Output.CompleteAsync().ConfigureAwait(false);
            await _transport.Input.CompleteAsync().ConfigureAwait(false);
        }
    }

    /// <summary>After <see cref="RunAsync"/>.</summary>
    public void Dispose() => _memoryWait.Dispose();

    /// <summary>Answers what was read until now, refuses the rest, and lets the client go. Any thread.</summary>
    public void Drain()
    {
        _gate.Close(Stopping);
        _isDraining = true;
        _sender.Send(ControlFrames.GoAway(Stopping, _services.Options.DrainTimeout));
    }

    /// <summary>Ends the connection if its client is silent or slow for too long. Once in a while, by one thread.</summary>
    public void Look()
    {
        // For a run that was given up and ends late, on a thread that must not answer.
        _owner.AnswerFreeRegions();
        if (_watch.IsSendStalled() || LacksCreditForLong())
        {
            Log.Stalled(_services.Logger);
            _abort();
            _sender.Break();
        }
        else if (_watch.Check(_owner.InFlight.Count > 0) is { } status)
        {
            End(status);
        }
        else if (_isDraining && IsQuietForLong())
        {
            StopReading();
        }
    }

    private async Task ReceiveAsync()
    {
        try
        {
            await _loop.RunAsync().ConfigureAwait(false);
            if (!_loop.HasGoodbye && _isEnding == 0)
            {
                // It is gone without a word, and reads no answers either.
                _owner.CancelAll();
            }
        }
        catch (GoAwayException exception)
        {
            End(exception.Status);
        }
        catch (Exception exception) when (exception is IOException or ConnectionAbortedException or OperationCanceledException)
        {
            _sender.Break();
        }
        catch (Exception exception)
        {
            Log.Failed(_services.Logger, exception);
            End(new InferenceStatus(StatusCode.Internal, "The server failed; its log says why."));
        }
        finally
        {
            _reader.Release();
        }
    }

    /// <summary>Says that the connection ends, and reads no more. Any thread; the first one tells why.</summary>
    private void End(InferenceStatus status)
    {
        if (Interlocked.Exchange(ref _isEnding, 1) != 0)
        {
            return;
        }

        if (status.IsOk)
        {
            _sender.Send(ControlFrames.GoAway("The connection was idle for too long.", TimeSpan.Zero));
        }
        else
        {
            _sender.SendLast(ControlFrames.GoAway(status));
            _owner.CancelAll();
        }

        StopReading();
    }

    private void StopReading()
    {
        _memoryWait.GiveUp();
        _transport.Input.CancelPendingRead();
    }

    /// <summary>The client asks for nothing more: when it has its answers, the connection ends.</summary>
    private void OnGoodbye() => _owner.InFlight.WhenEmptyAsync().ContinueWith(
        static (_, state) => ((BinaryConnection)state!).StopReading(), this, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    private void OnBroken()
    {
        _owner.CancelAll();
        StopReading();
    }

    /// <summary>Waits a moment for the client to close, so that what it still sends does not reset our last words away.</summary>
    private async Task LingerAsync()
    {
        if (_sender.IsBroken || (_isEnding == 0 && !_isDraining))
        {
            return;
        }

        using var linger = new CancellationTokenSource(Linger, _services.TimeProvider);
        try
        {
            ReadResult result;
            do
            {
                result = await _transport.Input.ReadAsync(linger.Token).ConfigureAwait(false);
                _transport.Input.AdvanceTo(result.Buffer.End);
            }
            while (!result.IsCompleted);
        }
        catch (Exception exception) when (exception is IOException or ConnectionAbortedException or OperationCanceledException)
        {
            // It is gone, or stays; either way it had its time.
        }
    }

    private bool IsQuietForLong()
    {
        if (_owner.InFlight.Count > 0)
        {
            _quietSince = 0;
            return false;
        }

        var now = _services.TimeProvider.GetTimestamp();
        _quietSince = _quietSince == 0 ? now : _quietSince;
        return _services.TimeProvider.GetElapsedTime(_quietSince, now) >= Linger;
    }

    private bool LacksCreditForLong()
    {
        if (!_sender.LacksCredit)
        {
            _lacksCreditSince = 0;
            return false;
        }

        var now = _services.TimeProvider.GetTimestamp();
        _lacksCreditSince = _lacksCreditSince == 0 ? now : _lacksCreditSince;
        return _services.TimeProvider.GetElapsedTime(_lacksCreditSince, now) > _services.Options.IdleTimeout;
    }

    private static partial class Log
    {
        [LoggerMessage(700, LogLevel.Error, "A connection of the binary protocol failed.")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(701, LogLevel.Debug, "A client of the binary protocol does not take its results; it is disconnected.")]
        public static partial void Stalled(ILogger logger);
    }
}
