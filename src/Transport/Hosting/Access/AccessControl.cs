using System.Net;
using System.Threading.RateLimiting;
using Camshaft.Backends;
using Microsoft.AspNetCore.Http;

namespace Camshaft.Transport.Hosting.Access;

/// <summary>
/// The one place that decides who may do what: by the key that a request shows, else by what callers without a key may do.
/// Lives as long as the server; any thread.
/// </summary>
public sealed class AccessControl : IDisposable
{
    private const string Scheme = "Bearer ";
    private static readonly TimeSpan ConcurrencyRetryAfter = TimeSpan.FromSeconds(1);

    private readonly KeyRing _keys;
    private readonly Caller _anonymous;
    private readonly Caller _local;
    private readonly PartitionedRateLimiter<IPAddress>? _clients;
    private readonly int _requestsPerClient;

    /// <summary>Makes it from its options.</summary>
    /// <exception cref="ArgumentException">Two keys have one name.</exception>
    public AccessControl(AccessOptions options)
    {
        _keys = new KeyRing(options.Keys);
        var others = options.AnonymousRights ?? (_keys.IsEmpty ? AccessRights.Infer | AccessRights.Observe : AccessRights.None);
        _anonymous = new Caller("anonymous", others, isAnonymous: true);
        _local = new Caller("anonymous", _keys.IsEmpty && options.AnonymousRights is null ? others | AccessRights.Manage : others, isAnonymous: true);
        _requestsPerClient = options.RequestsPerClient;
        if (_requestsPerClient > 0)
        {
            var perClient = new ConcurrencyLimiterOptions { PermitLimit = _requestsPerClient };
            _clients = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address => RateLimitPartition.GetConcurrencyLimiter(address, _ => perClient));
        }
    }

    /// <summary>Decides about one request. A key is taken from <c>Authorization: Bearer …</c> or from <c>X-Api-Key</c>.</summary>
    /// <param name="context">The request.</param>
    /// <param name="right">What it wants to do.</param>
    /// <returns>The decision, to be disposed when the request has ended.</returns>
    public Admission Admit(HttpContext context, AccessRights right)
    {
        var address = context.Connection.RemoteIpAddress;
        var caller = Find(context.Request, address, out var hasKey);
        var refusal = caller is null ? UnknownKey() : CheckRight(caller, right, address, "send it as 'Authorization: Bearer KEY' or 'X-Api-Key: KEY'");
        if (refusal.IsOk && right == AccessRights.Manage && ForeignOrigin.IsFrom(context.Request))
        {
            refusal = new InferenceStatus(StatusCode.PermissionDenied, "Management calls from web pages of other origins are refused.");
        }

        if (!refusal.IsOk)
        {
            if (refusal.Code == StatusCode.Unauthenticated)
            {
                context.Response.Headers.WWWAuthenticate = hasKey ? "Bearer error=\"invalid_token\"" : "Bearer";
            }

            return new Admission(refusal, caller ?? _anonymous);
        }

        return Enter(caller!, address);
    }

    /// <summary>What a request's caller may do, for pages that offer no more than that; nothing when its key is not known.</summary>
    public AccessRights GetRights(HttpContext context) => Find(context.Request, context.Connection.RemoteIpAddress, out _)?.Rights ?? AccessRights.None;

    /// <summary>Finds out who calls on a connection that shows its key once.</summary>
    /// <param name="key">The key; null = none was shown.</param>
    /// <param name="address">Where the connection comes from; null = a Unix socket.</param>
    /// <param name="identity">Who it is; only with success.</param>
    /// <returns>Success, or <see cref="StatusCode.Unauthenticated"/> for a key that is not known.</returns>
    public InferenceStatus TryIdentify(string? key, IPAddress? address, out CallerIdentity identity)
    {
        var caller = key is not null && !_keys.IsEmpty ? _keys.Find(key) : FindWithoutKey(address);
        identity = new CallerIdentity(caller ?? _anonymous, address);
        return caller is null ? UnknownKey() : InferenceStatus.Ok;
    }

    /// <summary>Decides about one request on a connection whose caller is known.</summary>
    /// <param name="identity">Who calls.</param>
    /// <param name="right">What it wants to do.</param>
    /// <returns>The decision, to be disposed when the request has ended.</returns>
    public Admission Admit(in CallerIdentity identity, AccessRights right)
    {
        var refusal = CheckRight(identity.Caller, right, identity.Address, "show it when you connect");
        return refusal.IsOk ? Enter(identity.Caller, identity.Address) : new Admission(refusal, identity.Caller);
    }

    /// <summary>Ends the limits' own resources.</summary>
    public void Dispose()
    {
        _keys.Dispose();
        _anonymous.Dispose();
        _local.Dispose();
        _clients?.Dispose();
    }

    private Caller? Find(HttpRequest request, IPAddress? address, out bool hasKey)
    {
        // A key that nobody gave rights to is as good as none where there are no keys at all.
        hasKey = false;
        if (!_keys.IsEmpty)
        {
            if (request.Headers.Authorization is [{ } authorization] && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            {
                hasKey = true;
                return _keys.Find(authorization.AsSpan(Scheme.Length).Trim());
            }

            if (request.Headers["X-Api-Key"] is [{ } key])
            {
                hasKey = true;
                return _keys.Find(key);
            }
        }

        return FindWithoutKey(address);
    }

    // A Unix socket has no address: who can open it is on this machine.
    private Caller FindWithoutKey(IPAddress? address) => address is null || IPAddress.IsLoopback(address) ? _local : _anonymous;

    private Admission Enter(Caller caller, IPAddress? address)
    {
        if (!caller.TryCount(out var retryAfter))
        {
            return Refuse(caller, $"The API key '{caller.Name}' makes more requests a second than it may.", retryAfter);
        }

        var ofCaller = caller.Enter();
        if (ofCaller is { IsAcquired: false })
        {
            return Refuse(caller, $"The API key '{caller.Name}' has as many requests in flight as it may.", ConcurrencyRetryAfter);
        }

        var ofClient = address is null ? null : _clients?.AttemptAcquire(address);
        if (ofClient is { IsAcquired: false })
        {
            ofCaller?.Dispose();
            return Refuse(caller, $"The client address {address} has {_requestsPerClient} requests in flight, as many as it may.", ConcurrencyRetryAfter);
        }

        return new Admission(caller, ofCaller, ofClient);
    }

    private static Admission Refuse(Caller caller, string message, TimeSpan retryAfter) =>
        new(new InferenceStatus(StatusCode.ResourceExhausted, message) { RetryAfter = retryAfter }, caller);

    private InferenceStatus CheckRight(Caller caller, AccessRights right, IPAddress? address, string howToShow)
    {
        if ((caller.Rights & right) == right)
        {
            return InferenceStatus.Ok;
        }

        var name = right.ToString().ToLowerInvariant();
        if (!caller.IsAnonymous)
        {
            return new InferenceStatus(StatusCode.PermissionDenied, $"The API key '{caller.Name}' has not the right '{name}'.");
        }

        return _keys.IsEmpty
            ? new InferenceStatus(StatusCode.PermissionDenied, right == AccessRights.Manage
                ? $"Management calls are allowed from this machine only; this one came from {address}."
                : $"Callers have not the right '{name}' here.")
            : new InferenceStatus(StatusCode.Unauthenticated, $"An API key with the right '{name}' is needed; {howToShow}.");
    }

    private static InferenceStatus UnknownKey() => new(StatusCode.Unauthenticated, "The API key is not known.");
}
