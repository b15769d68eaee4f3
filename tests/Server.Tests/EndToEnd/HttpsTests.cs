using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Camshaft.Server.Configuration;
using Camshaft.Server.Startup;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Camshaft.Server.Tests.EndToEnd;

public sealed class HttpsTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    private string CertificatePath => Path.Combine(_directory.FullPath, "server.pem");

    private string KeyPath => Path.Combine(_directory.FullPath, "server.key");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Both_versions_of_HTTP_are_served_over_TLS()
    {
        using var certificate = TestCertificate.Create();
        TestCertificate.WritePem(certificate, CertificatePath, KeyPath);
        await using var server = await StartAsync(CertificatePath, KeyPath);

        Assert.Equal("https", server.Client.Address.Scheme);
        Assert.Equal(HttpVersion.Version11, await AskAsync(server.Client.Address, HttpVersion.Version11, certificate));
        Assert.Equal(HttpVersion.Version20, await AskAsync(server.Client.Address, HttpVersion.Version20, certificate));
    }

    [Fact]
    public async Task A_PKCS_12_file_with_a_password_serves_too()
    {
        using var certificate = TestCertificate.Create();
        var path = _directory.Write("server.pfx", certificate.Export(X509ContentType.Pkcs12, "secret"));
        await using var server = await StartAsync(path, key: null, "secret");

        Assert.Equal(HttpVersion.Version20, await AskAsync(server.Client.Address, HttpVersion.Version20, certificate));
    }

    [Fact]
    public async Task Who_does_not_speak_TLS_is_let_go_and_others_go_on()
    {
        using var certificate = TestCertificate.Create();
        TestCertificate.WritePem(certificate, CertificatePath, KeyPath);
        await using var server = await StartAsync(CertificatePath, KeyPath);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Client.Address.Port);

        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET /v2 HTTP/1.1\r\nHost: x\r\n\r\n"));
        using var rest = new MemoryStream();
        try
        {
            await client.GetStream().CopyToAsync(rest);
        }
        catch (IOException)
        {
            // A reset is an end as well.
        }

        Assert.DoesNotContain("HTTP/1.1 200", Encoding.ASCII.GetString(rest.ToArray()), StringComparison.Ordinal);
        Assert.Equal(HttpVersion.Version11, await AskAsync(server.Client.Address, HttpVersion.Version11, certificate));
    }

    [Theory]
    [InlineData(-10, -1, "expired on")]
    [InlineData(1, 10, "is not valid before")]
    public void A_certificate_out_of_its_time_is_refused_at_start(int fromDay, int toDay, string message)
    {
        using var certificate = TestCertificate.Create(DateTimeOffset.UtcNow.AddDays(fromDay), DateTimeOffset.UtcNow.AddDays(toDay));
        TestCertificate.WritePem(certificate, CertificatePath, KeyPath);

        Assert.Contains(message, Assert.Throws<ConfigurationException>(() => Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_are_missing_or_do_not_belong_together_are_refused_by_name()
    {
        Assert.Equal($"The certificate '{CertificatePath}' does not exist.", Assert.Throws<ConfigurationException>(() => Open()).Message);

        using var certificate = TestCertificate.Create();
        using var other = TestCertificate.Create();
        TestCertificate.WritePem(certificate, CertificatePath, KeyPath);
        File.Delete(KeyPath);
        Assert.Equal($"The certificate's key '{KeyPath}' does not exist.", Assert.Throws<ConfigurationException>(() => Open()).Message);

        TestCertificate.WritePem(other, Path.Combine(_directory.FullPath, "other.pem"), KeyPath);
        Assert.StartsWith($"The certificate '{CertificatePath}' with the key '{KeyPath}' cannot be used: ", Assert.Throws<ConfigurationException>(() => Open()).Message, StringComparison.Ordinal);

        File.WriteAllText(CertificatePath, "no certificate");
        Assert.Contains("cannot be used", Assert.Throws<ConfigurationException>(() => Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_renewed_certificate_is_taken_over_and_a_spoilt_one_is_not()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var first = TestCertificate.Create();
        TestCertificate.WritePem(first, CertificatePath, KeyPath);
        var served = Open(clock);
        Assert.Equal(first.Thumbprint, Thumbprint(served));

        using var second = TestCertificate.Create();
        TestCertificate.WritePem(second, CertificatePath, KeyPath);
        Touch(1);
        Assert.Equal(first.Thumbprint, Thumbprint(served));
        clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(second.Thumbprint, Thumbprint(served));

        File.WriteAllText(CertificatePath, "spoilt");
        Touch(2);
        clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(second.Thumbprint, Thumbprint(served));
    }

    // Two writes may fall into one tick of the file system's clock.
    private void Touch(int seconds) => File.SetLastWriteTimeUtc(CertificatePath, DateTime.UtcNow.AddSeconds(seconds));

    private static string Thumbprint(ServerCertificate certificate) => certificate.Current.TargetCertificate.Thumbprint;

    private ServerCertificate Open(TimeProvider? clock = null) =>
        new(new TlsOptions { Certificate = CertificatePath, Key = KeyPath }, clock ?? TimeProvider.System, NullLogger<ServerCertificate>.Instance);

    private static Task<TestServer> StartAsync(string certificate, string? key, string? password = null) => TestServer.StartAsync(SampleModel.Repository, options =>
    {
        options.Tls.Certificate = certificate;
        options.Tls.Key = key;
        options.Tls.Password = password;
    });

    private static async Task<Version> AskAsync(Uri address, Version version, X509Certificate2 trusted)
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(trusted);
        using var http = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "/v2/health/ready")) { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return response.Version;
    }
}
