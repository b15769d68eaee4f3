using System.Threading.Channels;

namespace Camshaft.LiveConsole.Feed;

/// <summary>
/// Somebody who looks, from <see cref="FeedHub.TryJoin"/> to its dispose. The hub writes messages, which clients share and
/// nobody changes; the endpoint reads them. Who does not read is dropped rather than waited for or stored up for.
/// </summary>
internal sealed class FeedClient : IDisposable
{
    // Seconds for which a network may stand still.
    private const int MostUnread = 10;

    private readonly FeedHub _hub;
    private readonly Channel<ReadOnlyMemory<byte>> _messages = Channel.CreateBounded<ReadOnlyMemory<byte>>(
        new BoundedChannelOptions(MostUnread) { SingleReader = true, SingleWriter = true });

    private readonly CancellationTokenSource _dropped = new();

    public FeedClient(FeedHub hub, FeedTopic topic)
    {
        _hub = hub;
        Topic = topic;
    }

    /// <summary>What it looks at.</summary>
    public FeedTopic Topic { get; }

    /// <summary>Its messages; they end with the server.</summary>
    public ChannelReader<ReadOnlyMemory<byte>> Messages => _messages.Reader;

    /// <summary>Set when it has been dropped.</summary>
    public CancellationToken Dropped => _dropped.Token;

    /// <summary>Gives it a message.</summary>
    /// <returns><see langword="false"/>: it has too many unread.</returns>
    public bool TryWrite(ReadOnlyMemory<byte> message) => _messages.Writer.TryWrite(message);

    /// <summary>Ends it because it does not read.</summary>
    public void Drop() => _dropped.Cancel();

    /// <summary>Ends it once it has read what there is.</summary>
    public void Complete() => _messages.Writer.TryComplete();

    /// <summary>Leaves.</summary>
    public void Dispose()
    {
        _hub.Leave(this);
        _dropped.Dispose();
    }
}
