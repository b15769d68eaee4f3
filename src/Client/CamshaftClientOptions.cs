using System.Diagnostics.Metrics;
using System.Net.Security;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Camshaft.Client;

/// <summary>How a client reaches its servers. Read when the client is made; later changes are not seen.</summary>
public sealed class CamshaftClientOptions
{
    /// <summary>
    /// The servers, all of which have the same models: <c>camshaft://host:port</c>, <c>camshafts://host:port</c> with TLS, <c>camshaft+unix:///path</c>; without a port
    /// 8003. For <see cref="KServeHttpClient"/> one <c>http://</c> or <c>https://</c>.
    /// </summary>
    public IList<Uri> Endpoints { get; } = [];

    /// <summary>The API key; null for none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>In what time an answer must be there, retries included, when a request doesn't say. <see cref="Timeout.InfiniteTimeSpan"/> for any.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long making one connection may take.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How many connections each endpoint gets. Requests share them; more than one helps when large tensors keep one busy.</summary>
    public int ConnectionsPerEndpoint { get; set; } = 1;

    /// <summary>How often a request is sent at most where that is safe: it was refused before it began, or with a time after which to try again.</summary>
    public int MaxAttempts { get; set; } = 3;

    /// <summary>How many requests may wait on each connection for its server's limits; one more is refused.</summary>
    public int QueueLimit { get; set; } = 4096;

    /// <summary>The most bytes that one result may have.</summary>
    public long ResultByteSizeLimit { get; set; } = 1 << 30;

    /// <summary>After what time of silence a connection is tried with a ping; one that stays silent for as long again is given up.</summary>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How TLS is done; null for the system's rules. The host's name and the protocol are added.</summary>
    public SslClientAuthenticationOptions? Tls { get; set; }

    /// <summary>The program and its version, for the server's log.</summary>
    public string Agent { get; set; } = "camshaft.net/" + typeof(CamshaftClientOptions).Assembly.GetName().Version;

    /// <summary>Where connections that come and go are told.</summary>
    public ILoggerFactory LoggerFactory { get; set; } = NullLoggerFactory.Instance;

    /// <summary>Who makes the client's meter, <c>Camshaft.Client</c>; null for one of its own.</summary>
    public IMeterFactory? MeterFactory { get; set; }

    /// <summary>The clock of deadlines and waits.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    internal void Check()
    {
        if (Endpoints.Count == 0)
        {
            throw new ArgumentException("A client needs an endpoint, such as camshaft://localhost:8003.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(MaxAttempts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ConnectionsPerEndpoint, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(QueueLimit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ResultByteSizeLimit, Array.MaxLength);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ConnectTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(KeepAlive, TimeSpan.Zero);
        if (Timeout <= TimeSpan.Zero && Timeout != System.Threading.Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(nameof(Timeout), Timeout, "A timeout is longer than nothing, or infinite.");
        }
    }
}
