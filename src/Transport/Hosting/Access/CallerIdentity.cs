using System.Net;

namespace Camshaft.Transport.Hosting.Access;

/// <summary>Who calls on a connection, found once by <see cref="AccessControl.TryIdentify"/>.</summary>
public readonly struct CallerIdentity
{
    internal CallerIdentity(Caller caller, IPAddress? address)
    {
        Caller = caller;
        Address = address;
    }

    /// <summary>The name of a key, or <c>anonymous</c>, for logs.</summary>
    public string Name => Caller.Name;

    internal Caller Caller { get; }

    internal IPAddress? Address { get; }
}
