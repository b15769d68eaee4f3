namespace Camshaft.Server.Configuration;

/// <summary>How the HTTP port is encrypted; without a certificate it is not.</summary>
internal sealed class TlsOptions
{
    [Setting("The server's certificate, with its chain: a PEM file, or a PKCS #12 file (.pfx, .p12) with its key. With it the HTTP port takes HTTPS alone, HTTP/2 included; a renewed file is taken over without a restart", Flag = "--tls-certificate", IsPath = true)]
    public string? Certificate { get; set; }

    [Setting("The PEM file of the certificate's private key", Flag = "--tls-key", Default = "in the certificate's file", IsPath = true)]
    public string? Key { get; set; }

    [Setting("The password of the private key or of the PKCS #12 file", IsSecret = true)]
    public string? Password { get; set; }
}
