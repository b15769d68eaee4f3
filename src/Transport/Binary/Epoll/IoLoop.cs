using System.Buffers;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Camshaft.Transport.Binary.Epoll;

/// <summary>
/// Waits for what happens to the sockets of its connections, and serves each on its own thread as far as that goes without a
/// wait: receives, runs what is short, and sends. Others add and remove connections; ends with the transport.
/// </summary>
internal sealed partial class IoLoop : IDisposable
{
    private readonly EpollInstance _epoll = new();
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly ConnectionSlots _slots = new();
    private readonly Lock _gate = new();
    private List<EpollConnection> _waiting = [];
    private List<EpollConnection> _turns = [];
    private volatile bool _isStopping;
    private bool _releasesItself;

    /// <param name="index">Which one of its transport's loops it is.</param>
    /// <param name="memory">Where receive blocks come from.</param>
    /// <param name="logger">Where failures are told.</param>
    /// <exception cref="Win32Exception">The system offers no epoll.</exception>
    public IoLoop(int index, MemoryPool<byte> memory, ILogger logger)
    {
        Memory = memory;
        _logger = logger;
        _thread = new Thread(Run) { IsBackground = true, Name = $"camshaft-io-{index}" };
    }

    /// <summary>Where receive blocks come from.</summary>
    public MemoryPool<byte> Memory { get; }

    /// <summary>Begins. Once.</summary>
    public void Start() => _thread.Start();

    /// <summary>Begins to serve a connection.</summary>
    /// <returns>By which it is known from now on.</returns>
    public ulong Add(EpollConnection connection, SafeHandle socket)
    {
        var token = _slots.Add(connection);
        try
        {
            _epoll.Add(socket, token);
            return token;
        }
        catch
        {
            _slots.Remove(token);
            throw;
        }
    }

    /// <summary>Says whether a socket is also watched for room to write.</summary>
    public void Watch(SafeHandle socket, ulong token, bool forRoom) => _epoll.Watch(socket, token, forRoom);

    /// <summary>Serves a connection no more.</summary>
    public void Remove(ulong token, SafeHandle socket)
    {
        _slots.Remove(token);
        try
        {
            _epoll.Remove(socket);
        }
        catch (Exception exception) when (exception is Win32Exception or ObjectDisposedException)
        {
            // The loop has ended before, or the socket is closed; then the system has removed it.
        }
    }

    /// <summary>Lets a connection go on after the others have had their turn.</summary>
    public void AskForTurn(EpollConnection connection)
    {
        lock (_gate)
        {
            _waiting.Add(connection);
        }

        if (!IsOwnThread)
        {
            _epoll.Wake();
        }
    }

    /// <summary>Ends the loop; its connections have ended before.</summary>
    public void Dispose()
    {
        _isStopping = true;
        if (IsOwnThread)
        {
            // Who served a connection here goes on to stop the whole: a thread cannot wait for its own end.
            _releasesItself = true;
            return;
        }

        if (_thread.IsAlive)
        {
            _epoll.Wake();
            _thread.Join();
        }

        _epoll.Dispose();
    }

    private bool IsOwnThread => Environment.CurrentManagedThreadId == _thread.ManagedThreadId;

    private void Run()
    {
        try
        {
            while (!_isStopping)
            {
                var count = _epoll.Wait(mayBlock: !TakeTurns());
                for (var i = 0; i < count; i++)
                {
                    if (_epoll.TryGet(i, out var token, out var events) && _slots.Find(token) is { } connection)
                    {
                        Serve(connection, events);
                    }
                }

                foreach (var connection in _turns)
                {
                    Serve(connection, events: 0);
                }

                _turns.Clear();
            }

            if (_releasesItself)
            {
                _epoll.Dispose();
            }
        }
        catch (Exception exception)
        {
            // No client can cause it, and without the loop its connections would hang one and all.
            Environment.FailFast("An I/O loop of the binary protocol failed.", exception);
        }
    }

    private void Serve(EpollConnection connection, uint events)
    {
        try
        {
            connection.OnEvents(events);
        }
        catch (Exception exception)
        {
            Log.Failed(_logger, exception);
            connection.Abort();
        }
    }

    private bool TakeTurns()
    {
        lock (_gate)
        {
            (_turns, _waiting) = (_waiting, _turns);
        }

        return _turns.Count > 0;
    }

    private static partial class Log
    {
        [LoggerMessage(710, LogLevel.Error, "A connection of the binary protocol failed in its loop; it is closed.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
