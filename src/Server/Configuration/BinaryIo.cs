namespace Camshaft.Server.Configuration;

/// <summary>Who serves the cleartext sockets of the binary protocol.</summary>
internal enum BinaryIo
{
    /// <summary>The web server, as it serves HTTP.</summary>
    Kestrel,

    /// <summary>Loops of our own over Linux's epoll.</summary>
    Epoll,
}
