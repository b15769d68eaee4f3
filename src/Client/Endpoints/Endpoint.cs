using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Camshaft.Client.Endpoints;

/// <summary>Where a server is, and how a stream to it is made. Immutable; any thread.</summary>
internal sealed class Endpoint
{
    private const int DefaultPort = 8003;
    private static readonly SslApplicationProtocol Protocol = new("camshaft/1");

    private readonly EndPoint _endPoint;
    private readonly SslClientAuthenticationOptions? _tls;

    /// <exception cref="ArgumentException">It is no address of such a server.</exception>
    public Endpoint(Uri address, SslClientAuthenticationOptions? tls)
    {
        Name = address.OriginalString;
        var isUnix = address.Scheme == "camshaft+unix";
        if ((!isUnix && address.Scheme is not ("camshaft" or "camshafts")) || (isUnix ? address.AbsolutePath.Length < 2 : address.Host.Length == 0))
        {
            throw new ArgumentException($"'{address.OriginalString}' is no address of a server; expected camshaft://host:port, camshafts://host:port or camshaft+unix:///path.", nameof(address));
        }

        _endPoint = isUnix ? new UnixDomainSocketEndPoint(Uri.UnescapeDataString(address.AbsolutePath)) : new DnsEndPoint(address.DnsSafeHost, address.Port > 0 ? address.Port : DefaultPort);
        _tls = address.Scheme == "camshafts" ? CreateTls(address.DnsSafeHost, tls) : null;
    }

    /// <summary>The address as it was given, for messages.</summary>
    public string Name { get; }

    /// <summary>Whether it is a Unix socket, whose server knows which user calls.</summary>
    public bool IsUnix => _endPoint is UnixDomainSocketEndPoint;

    /// <summary>Makes a stream to the server, the caller's to dispose.</summary>
    public async Task<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = _endPoint is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            await socket.ConnectAsync(_endPoint, cancellationToken).ConfigureAwait(false);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (_tls is null)
            {
                return stream;
            }

            var secure = new SslStream(stream);
            stream = secure;
            await secure.AuthenticateAsClientAsync(_tls, cancellationToken).ConfigureAwait(false);
            return secure;
        }
        catch
        {
            if (stream is not null)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }

            socket.Dispose();
            throw;
        }
    }

    private static SslClientAuthenticationOptions CreateTls(string host, SslClientAuthenticationOptions? given) => new()
    {
        TargetHost = given?.TargetHost ?? host,
        ApplicationProtocols = [Protocol],
        ClientCertificates = given?.ClientCertificates,
        ClientCertificateContext = given?.ClientCertificateContext,
        LocalCertificateSelectionCallback = given?.LocalCertificateSelectionCallback,
        RemoteCertificateValidationCallback = given?.RemoteCertificateValidationCallback,
        CertificateChainPolicy = given?.CertificateChainPolicy,
        CertificateRevocationCheckMode = given?.CertificateRevocationCheckMode ?? System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck,
        EnabledSslProtocols = given?.EnabledSslProtocols ?? System.Security.Authentication.SslProtocols.None,
        CipherSuitesPolicy = given?.CipherSuitesPolicy,
        EncryptionPolicy = given?.EncryptionPolicy ?? EncryptionPolicy.RequireEncryption,
    };
}
