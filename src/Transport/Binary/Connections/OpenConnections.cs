using System.Collections.Concurrent;

namespace Camshaft.Transport.Binary.Connections;

/// <summary>The connections that are open. Looks at each of them once a second, for those whose client does nothing. Any thread.</summary>
internal sealed class OpenConnections : IDisposable
{
    // The times that are watched over are seconds.
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<BinaryConnection, byte> _connections = [];
    private readonly ITimer _timer;

    public OpenConnections(TimeProvider timeProvider) =>
        _timer = timeProvider.CreateTimer(static state => ((OpenConnections)state!).Look(), this, LookInterval, LookInterval);

    public int Count => _connections.Count;

    public void Add(BinaryConnection connection) => _connections.TryAdd(connection, 0);

    public void Remove(BinaryConnection connection) => _connections.TryRemove(connection, out _);

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        foreach (var (connection, _) in _connections)
        {
            connection.Look();
        }
    }
}
