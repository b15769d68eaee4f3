using System.Diagnostics.CodeAnalysis;
using Camshaft.Backends;
using Camshaft.Client.Connections;
using Camshaft.Client.Telemetry;

namespace Camshaft.Client.Endpoints;

/// <summary>
/// The connections of a client. Of two that chance names, a request goes to the one with fewer outstanding: nearly as even as the least of all, and no herd
/// runs to the one that came last. Any thread; ends with the client.
/// </summary>
internal sealed class EndpointSet : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _timeProvider;
    private readonly ConnectionSlot[] _slots;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Connection[] _ready = [];
    private Task[]? _running;
    private volatile bool _isDisposed;

    public EndpointSet(IReadOnlyList<Endpoint> endpoints, CamshaftClientOptions options, ClientTelemetry telemetry)
    {
        _timeProvider = options.TimeProvider;
        _slots = [.. endpoints.SelectMany(endpoint => Enumerable.Range(0, options.ConnectionsPerEndpoint).Select(_ => new ConnectionSlot(endpoint, options, this, telemetry)))];
    }

    /// <summary>The connections that take requests.</summary>
    public IReadOnlyList<Connection> Ready => _ready;

    /// <exception cref="ObjectDisposedException">The client was disposed.</exception>
    public void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_isDisposed, typeof(CamshaftClient));

    /// <summary>Chooses a connection that takes requests.</summary>
    /// <returns><see langword="false"/> when there is none; <see cref="PickAsync"/> waits for one.</returns>
    public bool TryPick([NotNullWhen(true)] out Connection? connection)
    {
        var ready = _ready;
        if (ready.Length > 1)
        {
            var first = Random.Shared.Next(ready.Length);
            var second = Random.Shared.Next(ready.Length - 1);
            var (a, b) = (ready[first], ready[second < first ? second : second + 1]);
            connection = a.Outstanding <= b.Outstanding ? a : b;
            if (!connection.Leaving.IsCompleted)
            {
                return true;
            }
        }

        // A server that has said it stops is here until its slot hears of that, and would only hand the request back.
        connection = Array.Find(ready, static other => !other.Leaving.IsCompleted);
        return connection is not null;
    }

    /// <summary>Chooses a connection, and waits for the first one when none is ready and not all have failed.</summary>
    /// <exception cref="InferenceException">No server can be reached.</exception>
    public async ValueTask<Connection> PickAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                ThrowIfDisposed();
                _running ??= [.. _slots.Select(slot => slot.RunAsync(_stop.Token))];
                changed = _changed.Task;
            }

            if (TryPick(out var connection))
            {
                return connection;
            }

            if (FindFailure() is { } failure)
            {
                throw new InferenceException(failure, notBegun: true);
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A connection takes requests from now on.</summary>
    public void Add(Connection connection)
    {
        lock (_gate)
        {
            _ready = [.. _ready, connection];
            SignalChange();
        }
    }

    /// <summary>A connection takes no requests any more.</summary>
    public void Remove(Connection connection)
    {
        lock (_gate)
        {
            _ready = [.. _ready.Where(other => other != connection)];
            SignalChange();
        }
    }

    /// <summary>A connection could not be made.</summary>
    public void OnFailed()
    {
        lock (_gate)
        {
            SignalChange();
        }
    }

    /// <summary>Closes a model on every connection.</summary>
    public void Close(CamshaftModel model)
    {
        foreach (var connection in _ready)
        {
            connection.Models.Close(model);
        }
    }

    /// <summary>Has every server let go of a region.</summary>
    public Task LeaveAsync(SharedRegion region) => Task.WhenAll(_ready.Select(connection => connection.Regions.LeaveAsync(region)));

    /// <summary>Has a model opened again where its handle does not fit any more.</summary>
    public void Forget(OpenedModel opened)
    {
        foreach (var connection in _ready)
        {
            connection.Models.Forget(opened);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            running = _running ?? [];
            SignalChange();
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(running).ConfigureAwait(false);
        _stop.Dispose();
    }

    private void SignalChange()
    {
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>What is wrong when every connection has failed; the one that is tried next tells when.</summary>
    private InferenceStatus? FindFailure()
    {
        ConnectFailure? soonest = null;
        foreach (var slot in _slots)
        {
            if (slot.Failure is not { } failure)
            {
                return null;
            }

            soonest = soonest is null || failure.NextTry < soonest.NextTry ? failure : soonest;
        }

        var now = _timeProvider.GetTimestamp();
        return soonest is null ? null
            : soonest.Status.Code != StatusCode.Unavailable ? soonest.Status
            : soonest.Status with { RetryAfter = soonest.NextTry > now ? _timeProvider.GetElapsedTime(now, soonest.NextTry) : TimeSpan.FromMilliseconds(1) };
    }
}
