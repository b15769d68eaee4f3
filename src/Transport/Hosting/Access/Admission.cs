using System.Threading.RateLimiting;
using Camshaft.Backends;

namespace Camshaft.Transport.Hosting.Access;

/// <summary>Whether a request may go on, and its places in the limits on requests in flight. Disposed once, when the request has ended.</summary>
public readonly struct Admission : IDisposable
{
    private readonly RateLimitLease? _ofCaller;
    private readonly RateLimitLease? _ofClient;

    internal Admission(in InferenceStatus status, Caller caller)
    {
        Status = status;
        CallerName = caller.Name;
    }

    internal Admission(Caller caller, RateLimitLease? ofCaller, RateLimitLease? ofClient)
    {
        Status = InferenceStatus.Ok;
        CallerName = caller.Name;
        _ofCaller = ofCaller;
        _ofClient = ofClient;
    }

    /// <summary>Success, or why the request is refused.</summary>
    public InferenceStatus Status { get; }

    /// <summary>Who calls, for logs: the name of a key, or <c>anonymous</c>.</summary>
    public string CallerName { get; }

    /// <summary>Gives the places back.</summary>
    public void Dispose()
    {
        _ofCaller?.Dispose();
        _ofClient?.Dispose();
    }
}
