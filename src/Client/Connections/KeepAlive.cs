namespace Camshaft.Client.Connections;

/// <summary>
/// Watches a connection for silence: after a while without a frame it pings, after another it gives the connection up. Idle connections stay open by
/// it, and a server that is gone without a word is noticed. Runs on timers; ends with the connection.
/// </summary>
internal sealed class KeepAlive : IDisposable
{
    private readonly Action _ping;
    private readonly Action _giveUp;
    private readonly ITimer _timer;
    private long _frames;
    private long _seen;
    private bool _hasPinged;

    /// <param name="interval">How long silence lasts before something is done.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="ping">Sends a ping.</param>
    /// <param name="giveUp">Ends the connection.</param>
    public KeepAlive(TimeSpan interval, TimeProvider timeProvider, Action ping, Action giveUp)
    {
        (_ping, _giveUp) = (ping, giveUp);
        _timer = timeProvider.CreateTimer(static state => ((KeepAlive)state!).Look(), this, interval, interval);
    }

    /// <summary>A frame has come.</summary>
    public void OnFrame() => Volatile.Write(ref _frames, _frames + 1);

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var frames = Volatile.Read(ref _frames);
        if (_hasPinged && frames == _seen)
        {
            _giveUp();
            return;
        }

        // A busy connection is pinged as well: what comes may all have been sent before the server died.
        (_seen, _hasPinged) = (frames, true);
        _ping();
    }
}
