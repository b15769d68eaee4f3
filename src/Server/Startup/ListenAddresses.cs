using System.Net;
using System.Net.Sockets;
using Camshaft.Server.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Camshaft.Server.Startup;

/// <summary>Turns a host's name and a port into sockets.</summary>
internal static class ListenAddresses
{
    /// <summary>Adds them to Kestrel's; they are opened when it starts.</summary>
    /// <param name="kestrel">Kestrel's options.</param>
    /// <param name="host">A name, an address, or <c>*</c> for every address.</param>
    /// <param name="port">The port; 0 = any free one.</param>
    /// <param name="configure">Says what is served on each.</param>
    /// <exception cref="ConfigurationException">The host is unknown.</exception>
    public static void Listen(KestrelServerOptions kestrel, string host, int port, Action<ListenOptions> configure)
    {
        if (host == "*")
        {
            kestrel.ListenAnyIP(port, configure);
        }
        else if (host == "localhost" && port != 0)
        {
            // Both loopback addresses, as far as the machine has them.
            kestrel.ListenLocalhost(port, configure);
        }
        else
        {
            // Two sockets cannot ask for the same free port, so a free one is of the first address alone.
            var addresses = Resolve(host);
            foreach (var address in port == 0 ? addresses.Take(1) : addresses)
            {
                kestrel.Listen(address, port, configure);
            }
        }
    }

    private static IPAddress[] Resolve(string host)
    {
        if (host == "localhost")
        {
            return [IPAddress.Loopback];
        }

        if (IPAddress.TryParse(host, out var address))
        {
            return [address];
        }

        try
        {
            return Dns.GetHostAddresses(host);
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            throw new ConfigurationException($"The host '{host}' is neither an address nor a known name; expected localhost, an address of this machine, or '*'.", exception);
        }
    }
}
