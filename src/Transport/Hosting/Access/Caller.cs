using System.Threading.RateLimiting;

namespace Camshaft.Transport.Hosting.Access;

/// <summary>Somebody who calls: the holder of a key, or anybody without one. Lives as long as the server; any thread.</summary>
internal sealed class Caller : IDisposable
{
    private readonly TokenBucketRateLimiter? _rate;
    private readonly ConcurrencyLimiter? _concurrency;

    public Caller(ApiKey key)
        : this(key.Name, key.Rights, isAnonymous: false)
    {
        if (key.RequestsPerSecond > 0)
        {
            _rate = new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
            {
                TokenLimit = key.Burst > 0 ? key.Burst : key.RequestsPerSecond,
                TokensPerPeriod = 1,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1) / key.RequestsPerSecond,

                // Counted when asked: a timer for each key would run while nobody calls.
                AutoReplenishment = false,
            });
        }

        if (key.ConcurrentRequests > 0)
        {
            _concurrency = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = key.ConcurrentRequests });
        }
    }

    public Caller(string name, AccessRights rights, bool isAnonymous)
    {
        Name = name;
        Rights = rights;
        IsAnonymous = isAnonymous;
    }

    public string Name { get; }

    public AccessRights Rights { get; }

    public bool IsAnonymous { get; }

    /// <summary>Counts a request against the rate.</summary>
    /// <returns>Whether it may go on; if not, <paramref name="retryAfter"/> says when it may.</returns>
    public bool TryCount(out TimeSpan retryAfter)
    {
        retryAfter = default;
        if (_rate is null)
        {
            return true;
        }

        _rate.TryReplenish();
        using var lease = _rate.AttemptAcquire();
        if (!lease.IsAcquired && !lease.TryGetMetadata(MetadataName.RetryAfter, out retryAfter))
        {
            retryAfter = _rate.ReplenishmentPeriod;
        }

        return lease.IsAcquired;
    }

    /// <summary>Takes a place among the requests in flight.</summary>
    /// <returns>The place, to be disposed; null where there is no limit.</returns>
    public RateLimitLease? Enter() => _concurrency?.AttemptAcquire();

    public void Dispose()
    {
        _rate?.Dispose();
        _concurrency?.Dispose();
    }
}
