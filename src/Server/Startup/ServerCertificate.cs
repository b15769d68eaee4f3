using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Camshaft.Server.Configuration;

namespace Camshaft.Server.Startup;

/// <summary>
/// The server's certificate. Its files are looked at again while clients connect, so that a renewed one is taken over without
/// a restart; one that is not usable then is told in the log and the one before it stays. Any thread.
/// </summary>
internal sealed partial class ServerCertificate
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);

    private readonly TlsOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<ServerCertificate> _logger;
    private readonly Lock _look = new();
    private volatile SslStreamCertificateContext _current;
    private (DateTime, DateTime) _modified;
    private long _lastLook;

    /// <summary>Reads it.</summary>
    /// <exception cref="ConfigurationException">It cannot be used.</exception>
    public ServerCertificate(TlsOptions options, TimeProvider timeProvider, ILogger<ServerCertificate> logger)
    {
        _options = options;
        _timeProvider = timeProvider;
        _logger = logger;
        _modified = FindModified();
        _current = Read();
        _lastLook = timeProvider.GetTimestamp();
    }

    /// <summary>What the next connection is greeted with.</summary>
    /// <param name="protocols">The protocols that its port speaks, the best first.</param>
    public SslServerAuthenticationOptions CreateOptions(List<SslApplicationProtocol> protocols) => new()
    {
        ServerCertificateContext = Current,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ApplicationProtocols = protocols,
    };

    /// <summary>The certificate as it is now, with its chain.</summary>
    public SslStreamCertificateContext Current
    {
        get
        {
            if (_timeProvider.GetElapsedTime(Volatile.Read(ref _lastLook)) >= LookInterval && _look.TryEnter())
            {
                try
                {
                    Look();
                }
                finally
                {
                    _look.Exit();
                }
            }

            return _current;
        }
    }

    private void Look()
    {
        Volatile.Write(ref _lastLook, _timeProvider.GetTimestamp());
        var modified = FindModified();
        if (modified == _modified)
        {
            return;
        }

        _modified = modified;
        try
        {
            _current = Read();
            Log.Renewed(_logger, _options.Certificate!);
        }
        catch (ConfigurationException exception)
        {
            Log.NotRenewed(_logger, exception.Message);
        }
    }

    private (DateTime, DateTime) FindModified() =>
        (File.GetLastWriteTimeUtc(_options.Certificate!), _options.Key is null ? default : File.GetLastWriteTimeUtc(_options.Key));

    private SslStreamCertificateContext Read()
    {
        var (certificate, chain) = Load();
        var now = _timeProvider.GetUtcNow();
        if (now > certificate.NotAfter)
        {
            throw new ConfigurationException($"The certificate '{_options.Certificate}' expired on {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC.");
        }

        if (now < certificate.NotBefore)
        {
            throw new ConfigurationException($"The certificate '{_options.Certificate}' is not valid before {certificate.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm} UTC.");
        }

        return SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }

    private (X509Certificate2 Certificate, X509Certificate2Collection Chain) Load()
    {
        var path = _options.Certificate!;
        var missing = new[] { path, _options.Key }.FirstOrDefault(static file => file is not null && !File.Exists(file));
        if (missing is not null)
        {
            throw new ConfigurationException($"The {(missing == path ? "certificate" : "certificate's key")} '{missing}' does not exist.");
        }

        try
        {
            return Path.GetExtension(path).ToUpperInvariant() is ".PFX" or ".P12" ? LoadPkcs12(path) : LoadPem(path);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"The certificate '{path}'{(_options.Key is { } key ? $" with the key '{key}'" : "")} cannot be used: {exception.Message}", exception);
        }
    }

    private (X509Certificate2 Certificate, X509Certificate2Collection Chain) LoadPem(string path)
    {
        var certificate = _options.Password is { } password
            ? X509Certificate2.CreateFromEncryptedPemFile(path, password, _options.Key)
            : X509Certificate2.CreateFromPemFile(path, _options.Key);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(path);
        return (OperatingSystem.IsWindows() ? Import(certificate) : certificate, chain);
    }

    private (X509Certificate2 Certificate, X509Certificate2Collection Chain) LoadPkcs12(string path)
    {
        var all = X509CertificateLoader.LoadPkcs12CollectionFromFile(path, _options.Password);
        return all.FirstOrDefault(static certificate => certificate.HasPrivateKey) is { } certificate
            ? (certificate, all)
            : throw new CryptographicException("it holds no private key.");
    }

    // Windows does not take a key that lives in memory alone.
    private static X509Certificate2 Import(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);

    private static partial class Log
    {
        [LoggerMessage(20, LogLevel.Information, "The certificate '{Path}' was renewed.")]
        public static partial void Renewed(ILogger logger, string path);

        [LoggerMessage(21, LogLevel.Error, "The certificate was changed and the one before it stays: {Reason}")]
        public static partial void NotRenewed(ILogger logger, string reason);
    }
}
