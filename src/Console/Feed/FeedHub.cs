using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Camshaft.LiveConsole.Sampling;
using Camshaft.LiveConsole.Views;
using Microsoft.Extensions.Logging;

namespace Camshaft.LiveConsole.Feed;

/// <summary>
/// Who looks, and what they are told: each second one message for each topic, made once for all its clients. Who joins gets
/// everything, then what has changed. Any thread, under the observatory's gate; lives as long as the server.
/// </summary>
internal sealed partial class FeedHub(Observatory observatory, TimeProvider timeProvider, ILogger<FeedHub> logger)
{
    /// <summary>How many may look at once.</summary>
    public const int MostClients = 64;

    // Programs that ask now and then, such as "camshaft top", get figures of seconds as long as they ask.
    private static readonly TimeSpan AskedFor = TimeSpan.FromSeconds(15);

    private readonly List<FeedClient> _clients = [];
    private long _askedAt;
    private bool _isClosed;

    /// <summary>How many look.</summary>
    public int ClientCount
    {
        get
        {
            lock (observatory.Gate)
            {
                return _clients.Count;
            }
        }
    }

    /// <summary>Adds somebody who looks, with everything as the first message.</summary>
    /// <returns>The client, the caller's to dispose; null when too many look.</returns>
    public FeedClient? TryJoin(FeedTopic topic)
    {
        lock (observatory.Gate)
        {
            if (_clients.Count >= MostClients || _isClosed)
            {
                return null;
            }

            if (_clients.Count == 0)
            {
                // The last sample may be some seconds old.
                observatory.Sample(topic.Kind == FeedKind.Lanes);
            }

            var client = new FeedClient(this, topic);
            client.TryWrite(Describe(topic, isFirst: true));
            _clients.Add(client);
            return client;
        }
    }

    /// <summary>Takes a client off the list. Again does no harm.</summary>
    public void Leave(FeedClient client)
    {
        lock (observatory.Gate)
        {
            _clients.Remove(client);
        }
    }

    /// <summary>A second has passed.</summary>
    public void Tick()
    {
        lock (observatory.Gate)
        {
            var isWatched = _clients.Count > 0 || (_askedAt != 0 && timeProvider.GetElapsedTime(_askedAt) < AskedFor);
            if (!isWatched && !observatory.IsDue)
            {
                return;
            }

            observatory.Sample(_clients.Exists(static client => client.Topic.Kind == FeedKind.Lanes));
            Publish();
        }
    }

    /// <summary>Says all of the overview to somebody who asks once.</summary>
    public byte[] DescribeOverview()
    {
        lock (observatory.Gate)
        {
            _askedAt = timeProvider.GetTimestamp();
            observatory.Sample(_clients.Exists(static client => client.Topic.Kind == FeedKind.Lanes));
            Publish();
            return JsonSerializer.SerializeToUtf8Bytes(observatory.DescribeAll(withHistory: false), ConsoleJson.Default.OverviewView);
        }
    }

    /// <summary>Ends all clients, since the server stops.</summary>
    public void Close()
    {
        lock (observatory.Gate)
        {
            _isClosed = true;
            _clients.ForEach(static client => client.Complete());
        }
    }

    private void Publish()
    {
        var messages = new Dictionary<FeedTopic, ReadOnlyMemory<byte>>();
        _clients.RemoveAll(client =>
        {
            if (!messages.TryGetValue(client.Topic, out var message))
            {
                messages.Add(client.Topic, message = Describe(client.Topic, isFirst: false));
            }

            if (client.TryWrite(message))
            {
                return false;
            }

            Log.Dropped(logger, client.Topic.Kind);
            client.Drop();
            return true;
        });
    }

    private ReadOnlyMemory<byte> Describe(FeedTopic topic, bool isFirst) => topic.Kind switch
    {
        FeedKind.Overview => Frame("overview"u8, isFirst ? observatory.DescribeAll(withHistory: true) : observatory.Change, ConsoleJson.Default.OverviewView),
        FeedKind.Lanes => Frame("lanes"u8, observatory.DescribeLanes(isFirst), ConsoleJson.Default.LanesView),
        _ => observatory.DescribeModel(topic.Model!, topic.Version, isFirst) is { } model
            ? Frame("model"u8, model, ConsoleJson.Default.ModelView)
            : Frame("gone"u8, new ErrorView($"Model '{topic.Model}' is not known to this server{(topic.Version is { } version ? $" with version {version}" : "")}."), ConsoleJson.Default.ErrorView),
    };

    // One event of "text/event-stream" (WHATWG HTML, server-sent events); JSON as it is written here has no line breaks.
    private static byte[] Frame<T>(ReadOnlySpan<byte> name, T value, JsonTypeInfo<T> type) =>
        [.. "event: "u8, .. name, .. "\ndata: "u8, .. JsonSerializer.SerializeToUtf8Bytes(value, type), .. "\n\n"u8];

    private static partial class Log
    {
        [LoggerMessage(901, LogLevel.Information, "A console that looks at {Topic} does not read what it is sent; it is disconnected.")]
        public static partial void Dropped(ILogger logger, FeedKind topic);
    }
}
