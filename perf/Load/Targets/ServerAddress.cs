using System.Globalization;

namespace Camshaft.Load.Targets;

/// <summary>The address of a server that many requests share a connection to: <c>SCHEME://HOST:PORT?connections=N</c>; without the query one connection.</summary>
/// <param name="Server">The address without the query.</param>
/// <param name="Connections">Over how many connections requests are shared out.</param>
internal readonly record struct ServerAddress(Uri Server, int Connections)
{
    private const string Query = "?connections=";
    private const int MostConnections = 1024;

    /// <summary>Takes an address apart.</summary>
    /// <param name="address">The address.</param>
    /// <param name="example">One that is right, for the message.</param>
    /// <exception cref="LoadException">It is none.</exception>
    public static ServerAddress Parse(string address, string example)
    {
        var query = address.IndexOf(Query, StringComparison.Ordinal);
        var connections = 1;
        if (query >= 0 && (!int.TryParse(address.AsSpan(query + Query.Length), NumberStyles.None, CultureInfo.InvariantCulture, out connections) || connections is < 1 or > MostConnections))
        {
            throw new LoadException($"'{address}' asks for no usable number of connections; expected 1 to {MostConnections}.");
        }

        return Uri.TryCreate(query < 0 ? address : address[..query], UriKind.Absolute, out var server)
            ? new ServerAddress(server, connections)
            : throw new LoadException($"'{address}' is no address of a server; expected something like {example}.");
    }
}
